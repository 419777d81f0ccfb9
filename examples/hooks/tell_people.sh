#!/bin/sh
# Writes what happened to syslog, where whatever wakes people may pick it up. For any event; needs no privilege.
#
#     partition = { command = ["/etc/molehill/hooks/tell_people.sh"], user = "nobody" }
set -eu

case $MOLEHILL_EVENT in
  partition) text="$MOLEHILL_REASON; lost: ${MOLEHILL_LOST:-nobody}; members: $MOLEHILL_MEMBERS" ;;
  foreign_holder) text="$MOLEHILL_VIP $MOLEHILL_REASON by $MOLEHILL_MAC $MOLEHILL_FOREIGN_HOST" ;;
  *) text="$MOLEHILL_VIP: $MOLEHILL_REASON, from ${MOLEHILL_FROM:-nobody} to ${MOLEHILL_TO:-nobody}" ;;
esac
exec logger -t molehill-hook -p daemon.warning -- "$MOLEHILL_HOST $MOLEHILL_EVENT $text"
