#!/bin/sh
# Lets a service know that VIPs came or went, for one that binds to each address by itself. Run in batches, so that a
# thousand VIPs are one reload. Needs root, or the right to reload the unit.
#
#     acquire = { command = ["/etc/molehill/hooks/reload_service.sh", "haproxy"], batch = true, timeout = "10s" }
set -eu

exec systemctl reload-or-restart "$1"
