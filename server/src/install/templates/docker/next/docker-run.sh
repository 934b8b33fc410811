#!/bin/bash
# The delegate of docker-compose.yml without Docker Compose; a container that runs already is replaced. To change
# anything, such as the token, edit this file and run it again. It holds the token's value: keep it to yourself.
set -e

# By the name of the host, the manager knows a new container for the same delegate.
host=$(hostname -f 2>/dev/null || hostname)

docker rm -f {{ name }} >/dev/null 2>&1 || true
docker run --cpus={{ cpus }} --memory={{ memory }} -d --restart unless-stopped --name {{ name }} --hostname="${host:0:63}"
{%- for variable in environment %} -e {{ variable.name }}={{ variable.value }}{% endfor %} {{ image }}
