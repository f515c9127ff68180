#!/bin/sh
# Makes the two databases of the Temporal server and brings them to its schema. May run again: what stands is kept.
set -eu

tool() {
  database=$1
  shift
  temporal-sql-tool --plugin postgres12_pgx --ep postgres -p 5432 -u "$POSTGRES_USER" --pw "$POSTGRES_PWD" \
    --db "$database" "$@"
}

for pair in temporal:temporal temporal_visibility:visibility; do
  database=${pair%%:*}
  schema=${pair##*:}
  tool "$database" create-database
  # On a database that has its version table this fails, which is how a second run finds it.
  tool "$database" setup-schema -v 0.0 || echo "The schema of $database stands already."
  tool "$database" update-schema -d "/etc/temporal/schema/postgresql/v12/$schema/versioned"
done
