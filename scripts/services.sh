#!/bin/sh
# Start what the tests talk to: PostgreSQL, Redis, Docker. As root on Debian, install them first.
# Without that, tests that need a missing service skip and say so (and fail when CI=true).
set -u
note() { echo "services: $*"; }
can_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }
updated=
install() {
    can_install || return 1
    [ -n "$updated" ] || { apt-get update -qq >/dev/null 2>&1; updated=1; }
    note "installing $*"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1
}
port_open() { python3 -c "import socket; socket.create_connection(('127.0.0.1', $1), 1)" 2>/dev/null; }
await() { for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do "$@" && return 0; sleep 0.5; done; return 1; }

postgres() {
    port_open 5432 && return
    fresh=
    command -v pg_ctlcluster >/dev/null || { install postgresql && fresh=1; } || { note "no PostgreSQL on 127.0.0.1:5432"; return; }
    version=$(ls /etc/postgresql 2>/dev/null | tail -n 1)
    # Only a server that was installed just now is opened to this machine's users.
    [ -z "$fresh" ] || sed -i 's/^\(host.*127\.0\.0\.1\/32 *\).*/\1trust/' "/etc/postgresql/$version/main/pg_hba.conf" 2>/dev/null
    pg_ctlcluster --skip-systemctl-redirect "$version" main start 2>/dev/null
    await port_open 5432 || note "PostgreSQL did not start"
}
redis() {
    port_open 6379 && return
    command -v redis-server >/dev/null || install redis-server || { note "no Redis on 127.0.0.1:6379"; return; }
    redis-server --daemonize yes --bind 127.0.0.1 --port 6379 --save "" --appendonly no >/dev/null
    await port_open 6379 || note "Redis did not start"
}
docker_answers() { [ -S /var/run/docker.sock ] && python3 - <<'PY' 2>/dev/null
import socket
s = socket.socket(socket.AF_UNIX); s.settimeout(2); s.connect("/var/run/docker.sock")
s.sendall(b"GET /_ping HTTP/1.0\r\n\r\n"); assert b"OK" in s.recv(4096)
PY
}
docker_daemon() {
    docker_answers && return
    command -v dockerd >/dev/null || install docker.io iptables || { note "no Docker daemon"; return; }
    [ "$(id -u)" = 0 ] || { note "the Docker daemon is not running"; return; }
    (setsid dockerd >/tmp/budwood-dockerd.log 2>&1 </dev/null &)
    await docker_answers || note "the Docker daemon did not start; see /tmp/budwood-dockerd.log"
}
compose() { command -v docker-compose >/dev/null || install docker-compose || note "no docker-compose"; }
git_there() { command -v git >/dev/null || install git || note "git is missing"; }

git_there
postgres
redis
docker_daemon
compose
exit 0
