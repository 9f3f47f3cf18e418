# Process 1 of one machine of the lab: gives it a root directory of its own and then only collects ended processes.
# Usage: boot.sh NAME DISK SHARED TREE...
# DISK/root is the root directory, mounted by the machine room: it outlives this machine's power cuts, as a disk does.
# Each TREE (the checkout, the Python that runs the tests) is shown read-only, live and readable to every user.
set -eu
name=$1 disk=$2 shared=$3
shift 3
hostname "$name"
ip link set lo up
cd "$disk/root"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
for dir in run tmp dev; do mount -t tmpfs -o mode=755 "$dir" "$dir"; done
chmod 1777 tmp
# Pacemaker panics by way of these: they belong to the real machine.
[ ! -e proc/sysrq-trigger ] || mount --bind /dev/null proc/sysrq-trigger
mount --bind proc/sys/kernel proc/sys/kernel
mount -o remount,bind,ro proc/sys/kernel
# These devices and nothing else, so that no watchdog and no disk is in reach.
mknod -m 666 dev/null c 1 3
mknod -m 666 dev/zero c 1 5
mknod -m 666 dev/full c 1 7
mknod -m 666 dev/random c 1 8
mknod -m 666 dev/urandom c 1 9
mknod -m 666 dev/tty c 5 0
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr
ln -s pts/ptmx dev/ptmx
mkdir dev/shm dev/pts run/lab run/lock run/old
mkdir -m 1777 run/resource-agents
mount -t tmpfs -o mode=1777 shm dev/shm
mount -t devpts -o newinstance,mode=620,ptmxmode=666 devpts dev/pts
mount --bind "$shared" run/lab
for tree in "$@"; do
    mkdir -p "./$tree"
    parent=$(dirname "$tree")
    while [ "$parent" != / ]; do
        chmod o+x "./$parent"
        parent=$(dirname "$parent")
    done
    case $(stat -c %A "$tree") in
        *r-x | *rwx) mount --bind "$tree" "./$tree" && mount -o remount,bind,ro "./$tree" ;;
        *) # A private directory: only a copy of its entry can be opened without touching the real one.
            layers=$(mktemp -d "$disk/XXXXXX")
            mkdir "$layers/upper" "$layers/work"
            mount -t overlay tree -o "lowerdir=$tree,upperdir=$layers/upper,workdir=$layers/work" "./$tree"
            chmod o+rx "./$tree" ;;
    esac
done
pivot_root . run/old
cd /
umount -l /run/old
rmdir /run/old
echo ready
exec </dev/null >/dev/null 2>&1
sleep infinity &
wait
