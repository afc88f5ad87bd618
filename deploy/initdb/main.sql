-- The main database's server, on its first start: an owner that migrates, and a login for each process.
-- `feedback db grants` gives the three group roles their rights; each login has those of its group and no others.
\getenv owner_password OWNER_PASSWORD
\getenv participants_password PARTICIPANTS_PASSWORD
\getenv staff_password STAFF_PASSWORD
\getenv worker_password WORKER_PASSWORD

CREATE ROLE feedback_participants NOLOGIN;
CREATE ROLE feedback_staff NOLOGIN;
CREATE ROLE feedback_worker NOLOGIN;

-- `feedback drill` restores copies into databases that it makes and drops.
CREATE ROLE owner LOGIN CREATEDB PASSWORD :'owner_password';
CREATE ROLE participants LOGIN PASSWORD :'participants_password' IN ROLE feedback_participants;
CREATE ROLE staff LOGIN PASSWORD :'staff_password' IN ROLE feedback_staff;
CREATE ROLE worker LOGIN PASSWORD :'worker_password' IN ROLE feedback_worker;

CREATE DATABASE feedback OWNER owner;
REVOKE ALL ON DATABASE feedback FROM PUBLIC;
GRANT CONNECT ON DATABASE feedback TO feedback_participants, feedback_staff, feedback_worker;

\connect feedback
\ir refuse.sql
