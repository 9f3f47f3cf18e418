/* Booth 1.0 and 1.1 wait for ever on Linux 6.9 and later: the kernel now puts the end of a list of addresses behind the
 * list, and they look for it only at the start of a message (mended in booth 1.2, April 2024). For the lab, which runs
 * the booth of Debian 12 on whatever kernel there is: give them the end by itself, as older kernels do. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    static struct { struct nlmsghdr head; int status; } end;
    static int held;
    static ssize_t (*original)(int, struct msghdr *, int);

    if (!original)
        original = (ssize_t (*)(int, struct msghdr *, int))dlsym(RTLD_NEXT, "recvmsg");
    if (held) {
        held = 0;
        memcpy(message->msg_iov[0].iov_base, &end, sizeof(end));
        return sizeof(end);
    }
    ssize_t got = original(fd, message, flags);
    struct nlmsghdr *first = message->msg_iov[0].iov_base;
    if (got < (ssize_t)(sizeof(*first) + sizeof(end)) || first->nlmsg_type != RTM_NEWADDR)
        return got;
    memcpy(&end, (char *)first + got - sizeof(end), sizeof(end));
    held = end.head.nlmsg_type == NLMSG_DONE && end.head.nlmsg_len == sizeof(end);
    return held ? got - (ssize_t)sizeof(end) : got;
}
