#!/bin/sh
# DigitalOcean: assigns a reserved IP to this droplet. The arguments: the reserved IP, and the droplet's number; without
# that the metadata service is asked for it.
#
#     before_acquire = { command = ["/etc/molehill/hooks/digitalocean_reserved_ip.sh", "203.0.113.7"],
#                        vips = ["web-a"], timeout = "10s" }
#
# Needs the doctl command (doctl auth init as the hook's user) and curl.
set -eu

droplet=${2:-$(curl -sf -m 2 http://169.254.169.254/metadata/v1/id)}
exec doctl compute reserved-ip-action assign "$1" "$droplet"
