#!/bin/sh
# AWS: associates an elastic (public) address with the private address of a VIP on this host's network interface,
# once the VIP has moved here. The two arguments: the elastic address's allocation, and the network interface of this
# host, which differs from host to host; a file that the host has for itself says it.
#
#     acquire = { command = ["/etc/molehill/hooks/aws_elastic_address.sh", "eipalloc-0123456789abcdef0"],
#                 vips = ["web-a"], timeout = "15s" }
#
# /etc/molehill/aws_interface holds the id, as eni-0123456789abcdef0. Needs the aws command with credentials that
# allow ec2:AssociateAddress, and AWS_DEFAULT_REGION in ~/.aws/config of the hook's user.
set -eu

allocation=$1
interface=$(cat "${2:-/etc/molehill/aws_interface}")
address=${MOLEHILL_ADDRESSES%% *}
exec aws ec2 associate-address --allocation-id "$allocation" --network-interface-id "$interface" \
  --private-ip-address "${address%/*}" --allow-reassociation
