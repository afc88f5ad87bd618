-- What PostgreSQL lets every role do and no process of the service needs, in the main database: large objects, which no
-- close deletes, and its counts, sizes and locks by table, which say when somebody answered which survey. As a superuser;
-- `feedback status --check` tells whether it was done. Monitoring keeps what it has, as a member of pg_monitor.
DO $$
DECLARE refused regprocedure;
BEGIN
  FOR refused IN
    SELECT oid FROM pg_proc
    WHERE pronamespace = 'pg_catalog'::regnamespace AND (
      proname IN ('lo_creat', 'lo_create', 'lo_from_bytea', 'pg_lock_status')
      OR proname IN ('pg_relation_size', 'pg_table_size', 'pg_total_relation_size', 'pg_indexes_size')
      OR (proname LIKE 'pg\_stat\_get\_%' AND proargtypes = '26')
    )
  LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', refused);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO pg_monitor', refused);
  END LOOP;
END $$;
