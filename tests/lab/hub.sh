# Process 1 of the lab: the machine room that holds the switches, the disks and every machine.
# Its standard input is a pipe from the program that started the lab. When that program is gone, however it went, the
# pipe is at its end, this shell ends, and the kernel ends everything else.
set -eu
mount -t tmpfs -o mode=755 lab /run
mount -t proc proc /proc
mkdir /run/share /run/disks
hostname lab
ip link set lo up
for bridge in "$@"; do
    ip link add "$bridge" type bridge
    ip link set "$bridge" up
done
echo ready
exec 3<&0 >/dev/null 2>&1
cat <&3 &
wait $!
