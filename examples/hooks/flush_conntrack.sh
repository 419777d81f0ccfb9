#!/bin/sh
# Forgets the connections that this host has tracked for the addresses of a VIP that it holds no longer, or not yet:
# entries from before would translate or refuse packets as if nothing had moved. For acquire and release; needs root
# (or CAP_NET_ADMIN) and the package conntrack.
#
#     acquire = { command = ["/etc/molehill/hooks/flush_conntrack.sh"] }
#     release = { command = ["/etc/molehill/hooks/flush_conntrack.sh"] }
set -u

for address in $MOLEHILL_ADDRESSES; do
  for side in --orig-dst --reply-src; do
    # conntrack ends with 1 when there was nothing to delete, which is no trouble.
    conntrack -D "$side" "${address%/*}" > /dev/null 2>&1
  done
done
exit 0
