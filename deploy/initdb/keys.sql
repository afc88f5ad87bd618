-- The key store's server, on its first start. The participants' process has no login here, and no way here.
-- The group role feedback_participants exists only so that `feedback db grants` finds all three; nobody is in it.
\getenv owner_password OWNER_PASSWORD
\getenv staff_password STAFF_PASSWORD
\getenv worker_password WORKER_PASSWORD

CREATE ROLE feedback_participants NOLOGIN;
CREATE ROLE feedback_staff NOLOGIN;
CREATE ROLE feedback_worker NOLOGIN;

CREATE ROLE owner LOGIN CREATEDB PASSWORD :'owner_password';
CREATE ROLE staff LOGIN PASSWORD :'staff_password' IN ROLE feedback_staff;
CREATE ROLE worker LOGIN PASSWORD :'worker_password' IN ROLE feedback_worker;

CREATE DATABASE feedback_keys OWNER owner;
REVOKE ALL ON DATABASE feedback_keys FROM PUBLIC;
GRANT CONNECT ON DATABASE feedback_keys TO feedback_staff, feedback_worker;
