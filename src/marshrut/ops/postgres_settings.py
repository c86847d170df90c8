"""What our PostgreSQL is told: settings modest enough for a laptop, and the SQL that makes roles and databases.

Three roles: the superuser, which only ``ops.postgres`` uses; the owner of all tables, which migrates; and the
application's, which reads and writes rows and can do nothing else.
"""

APP, OWNER, SUPERUSER = "marshrut_app", "marshrut_owner", "marshrut_root"
DATABASE = "marshrut"
EXTENSIONS = ("pg_trgm", "unaccent", "btree_gin")
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "synchronous_commit": "on",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",  # details quote clients' data
    "log_parameter_max_length_on_error": "0",
    "log_filename": "postgresql-%a.log",
    "log_file_mode": "0600",
    "log_rotation_size": "20MB",
    "log_truncate_on_rotation": "on",
}
THROW_AWAY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "shared_buffers": "64MB"}

ROLES = f"""
SELECT 'CREATE ROLE {OWNER} LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{OWNER}') \\gexec
SELECT 'CREATE ROLE {APP} LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP}') \\gexec
ALTER ROLE {OWNER} PASSWORD :'owner_password';
ALTER ROLE {APP} PASSWORD :'app_password' NOSUPERUSER NOCREATEDB NOCREATEROLE;
"""
DATABASE_SQL = f"""
SELECT format('CREATE DATABASE %I OWNER {OWNER}', :'name')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \\gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', :'name') \\gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO {APP}', :'name') \\gexec
"""
CONTENTS = (
    "".join(f"CREATE EXTENSION IF NOT EXISTS {name};\n" for name in EXTENSIONS)
    + f"""
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO {APP};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT USAGE, SELECT ON SEQUENCES TO {APP};
"""
)
