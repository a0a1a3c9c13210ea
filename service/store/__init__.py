"""Memory: tables, sessions, the job queue, and the Library that pipelines read. Decides nothing."""
