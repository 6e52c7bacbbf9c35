# To be sourced: sees to it that OFFBEAT_TEST_DATABASE_URL names a PostgreSQL on which tests may make databases. What is
# set, or answers at the usual place, is taken as it is; else a server of its own is started, and installed where missing.

usual='postgres://postgres@127.0.0.1:5432/test'
own_port=54329
own_data=''

# The programs of the administrator are not on every PATH.
export PATH="${PATH}:/usr/sbin:/sbin"

as_postgres() {
  # The server refuses to run as root.
  if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

start_own_server() {
  if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql >/dev/null || return 1
  fi
  local bin
  bin="$(dirname "$(ls /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)")"
  own_data="$(mktemp -d)"
  [ "$(id -u)" -eq 0 ] && chown postgres "${own_data}"
  as_postgres "${bin}/initdb" --auth=trust --username=postgres -D "${own_data}/data" >/dev/null || return 1
  as_postgres "${bin}/pg_ctl" -D "${own_data}/data" -l "${own_data}/log" -w \
    -o "-p ${own_port} -c listen_addresses=127.0.0.1 -k ${own_data}" start >/dev/null || return 1
  as_postgres "${bin}/createdb" -h 127.0.0.1 -p "${own_port}" -U postgres test || return 1
  own_bin="${bin}"
  export OFFBEAT_TEST_DATABASE_URL="postgres://postgres@127.0.0.1:${own_port}/test"
}

stop_own_server() {
  [ -n "${own_data}" ] || return 0
  as_postgres "${own_bin}/pg_ctl" -D "${own_data}/data" -m fast stop >/dev/null
  rm -rf "${own_data}"
}

find_database() {
  [ -n "${OFFBEAT_TEST_DATABASE_URL:-}" ] && return 0
  if command -v psql >/dev/null && psql "${usual}" -qtAc 'select 1' >/dev/null 2>&1; then
    export OFFBEAT_TEST_DATABASE_URL="${usual}"
    return 0
  fi
  start_own_server
}
