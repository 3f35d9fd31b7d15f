/* Bytes to and from a server. */
#include "bus/transport.h"

#include "base/timefmt.h"

#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int remaining(int64_t deadline)
{
	int64_t ms = deadline - time_monotonic_ms();
	return ms < 0 ? 0 : ms > INT_MAX ? INT_MAX : (int)ms;
}

/* After a stop, what was begun gets only so long. */
enum wait_result transport_wait(int fd, short events, int64_t deadline, bool stoppable)
{
	enum wait_result result = wait_fd(fd, events, remaining(deadline));
	if (result != WAIT_STOP || stoppable)
		return result;
	struct pollfd p = { .fd = fd, .events = events };
	int64_t stop = wait_stop_deadline();
	int n;
	do
		n = poll(&p, 1, remaining(deadline < stop ? deadline : stop));
	while (n < 0 && errno == EINTR);
	return n == 0 ? WAIT_TIMEOUT : WAIT_READY;
}

/* Ends what connect(2) began. 0, or -1 with errno. */
static int finish_connect(int fd, int64_t deadline)
{
	if (transport_wait(fd, POLLOUT, deadline, false) == WAIT_TIMEOUT) {
		errno = ETIMEDOUT;
		return -1;
	}
	int error = 0;
	socklen_t size = sizeof error;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		return -1;
	errno = error;
	return error == 0 ? 0 : -1;
}

/* A connected socket, or -1 with errno. */
static int dial(const struct sockaddr *address, socklen_t size, int64_t deadline)
{
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	int rc = connect(fd, address, size);
	if (rc < 0 && (errno == EINPROGRESS || errno == EINTR))
		rc = finish_connect(fd, deadline);
	if (rc < 0) {
		int reason = errno;
		close(fd);
		errno = reason;
		return -1;
	}
	return fd;
}

static int dial_unix(const char *path, int64_t deadline)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	return dial((struct sockaddr *)&address, sizeof address, deadline);
}

/* The first of the host's addresses that answers. getaddrinfo(3) has time limits of its own (resolv.conf(5)). */
static int dial_tcp(const struct url *u, int64_t deadline, const char **reason)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list;
	int rc = getaddrinfo(u->host, u->port, &hints, &list);
	if (rc != 0) {
		*reason = gai_strerror(rc);
		return -1;
	}
	int fd = -1;
	for (struct addrinfo *a = list; a && fd < 0; a = a->ai_next)
		fd = dial(a->ai_addr, a->ai_addrlen, deadline);
	int error = errno;
	freeaddrinfo(list);
	int on = 1;
	if (fd >= 0) {
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
	}
	errno = error;
	return fd;
}

int transport_open(const struct url *u, const char *name, int64_t deadline, int *fd, struct err *e)
{
	const char *reason = NULL;
	*fd = u->scheme == URL_UNIX ? dial_unix(u->path, deadline) : dial_tcp(u, deadline, &reason);
	if (*fd >= 0)
		return 0;
	if (reason)
		return err_set(e, ROS_UNREACHABLE, "cannot reach %s: %s", name, reason);
	if (errno == ETIMEDOUT)
		return err_set(e, ROS_LATER, "cannot reach %s: no answer in time", name);
	return err_sys(e, ROS_UNREACHABLE, "cannot reach %s", name);
}

static ssize_t moved(ssize_t n)
{
	return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) ? 0 : n;
}

ssize_t transport_send(int fd, const void *p, size_t n)
{
	return moved(send(fd, p, n, MSG_NOSIGNAL));
}

ssize_t transport_receive(int fd, void *p, size_t n)
{
	ssize_t got = recv(fd, p, n, 0);
	if (got == 0) {
		errno = ECONNRESET;
		return -1;
	}
	return moved(got);
}

bool transport_idle(int fd)
{
	char c;
	return recv(fd, &c, 1, MSG_PEEK) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}
