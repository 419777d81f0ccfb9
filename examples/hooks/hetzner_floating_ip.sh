#!/bin/sh
# Hetzner Cloud: assigns a floating IP to this server. The arguments: the name or number of the floating IP, and, where
# the server is called otherwise there than the host here, the server's name.
#
#     before_acquire = { command = ["/etc/molehill/hooks/hetzner_floating_ip.sh", "web-a-ip"],
#                        vips = ["web-a"], timeout = "10s" }
#
# Needs the hcloud command; its token is in ~/.config/hcloud/cli.toml of the hook's user (hcloud context create).
set -eu

exec hcloud floating-ip assign "$1" "${2:-$MOLEHILL_HOST}"
