#!/bin/bash
# Starts the delegate as a Docker container; where it runs already, a new container takes its place. To change
# anything, such as the token, edit this file and run it again. It holds the token's value: keep it to yourself.
set -e

name={{ name }}
image={{ image }}

# An image that is only on this host cannot be pulled, and need not be.
if ! docker pull "$image"; then
    if ! docker image inspect "$image" >/dev/null 2>&1; then
        echo "The image $image is neither in a registry that this host reaches, nor on this host." >&2
        exit 1
    fi
    echo "The image $image is on this host: that one is used."
fi

# By the name of the host, the manager knows a new container for the same delegate.
host=$(hostname -f 2>/dev/null || hostname)

docker rm -f "$name" >/dev/null 2>&1 || true
docker run -d --restart unless-stopped --name "$name" --hostname="${host:0:63}" \
  --cpus={{ cpus }} --memory={{ memory }} \
{%- for variable in environment %}
  -e {{ variable.name }}={{ variable.value }} \
{%- endfor %}
  "$image"

echo "The delegate $name runs. Its log: docker logs -f $name"
