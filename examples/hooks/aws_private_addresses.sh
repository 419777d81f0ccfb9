#!/bin/sh
# AWS: the subnet delivers a VIP's addresses only to the network interface that they are assigned to. Before this host
# adds them, it has them reassigned to its own interface, whoever has them now: the old holder may be dead. All
# addresses are secondary private IPv4 addresses of the subnet.
#
#     before_acquire = { command = ["/etc/molehill/hooks/aws_private_addresses.sh"], timeout = "10s" }
#
# Needs the aws command with credentials that allow ec2:AssignPrivateIpAddresses (an instance role), curl, and the
# instance metadata service, version 2. AWS_INTERFACE_ID may be set below instead of asking for it.
set -eu

metadata=http://169.254.169.254/latest
token=$(curl -sf -m 2 -X PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 60" "$metadata/api/token")
ask() { curl -sf -m 2 -H "X-aws-ec2-metadata-token: $token" "$metadata/$1"; }

region=$(ask meta-data/placement/region)
mac=$(ask meta-data/mac)
interface=${AWS_INTERFACE_ID:-$(ask "meta-data/network/interfaces/macs/$mac/interface-id")}

addresses=
for address in $MOLEHILL_ADDRESSES; do
  # IPv6 addresses have a command of their own (assign-ipv6-addresses), which takes none away from another interface.
  case $address in *:*) ;; *) addresses="$addresses ${address%/*}" ;; esac
done
[ -n "$addresses" ] || exit 0
# Unquoted: one word for each address.
exec aws --region "$region" ec2 assign-private-ip-addresses \
  --network-interface-id "$interface" --private-ip-addresses $addresses --allow-reassignment
