/* Consumer names, held by flock(2): the kernel releases it with the process. The lock files stay; they are empty. */
#include "bus/consumer.h"

#include "base/buf.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/file.h>
#include <unistd.h>

#define INSTANCES 1000
#define HOST_BYTES 200 /* leaves room for the instance number */

/* The name becomes part of a file's name and of Redis' lists. */
static bool name_plain(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] <= ' ' || name.p[i] == 0x7f || name.p[i] == '/')
			return false;
	return name.n > 0 && name.n < HOST_BYTES && str_utf8(name);
}

/* Locks c->name. 1: another process holds it. */
static int lock_name(struct consumer *c, const char *dir, struct err *e)
{
	struct buf path;
	buf_init(&path, 8192);
	buf_fmt(&path, "%s/consumer-%s.lock", dir, c->name);
	int fd = buf_ok(&path) ? open(buf_cstr(&path), O_RDWR | O_CREAT | O_CLOEXEC, 0600) : (errno = ENAMETOOLONG, -1);
	int rc = 0;
	if (fd < 0) {
		rc = err_sys(e, ROS_IO, "%s", buf_cstr(&path));
	} else if (flock(fd, LOCK_EX | LOCK_NB)) {
		rc = errno == EWOULDBLOCK ? 1 : err_sys(e, ROS_IO, "lock %s", buf_cstr(&path));
		close(fd);
	} else {
		c->lock = fd;
	}
	buf_free(&path);
	return rc;
}

static int take_instance(struct consumer *c, const char *dir, struct err *e)
{
	char host[HOST_BYTES] = "";
	gethostname(host, sizeof host - 1);
	if (!name_plain(str_of(host)))
		return err_set(e, ROS_CONFIG, "the host's name cannot name a consumer: use --consumer");
	for (int i = 1; i <= INSTANCES; i++) {
		snprintf(c->name, sizeof c->name, "%s-%d", host, i);
		int rc = lock_name(c, dir, e);
		if (rc <= 0)
			return rc;
	}
	return err_set(e, ROS_LATER, "%d consumers of this host are running", INSTANCES);
}

int consumer_take(struct consumer *c, const char *dir, const char *name, struct err *e)
{
	c->lock = -1;
	if (!name)
		return take_instance(c, dir, e);
	if (!name_plain(str_of(name)))
		return err_set(e, ROS_CONFIG, "consumer: not a name of 1 to %d bytes without white space and slashes", HOST_BYTES - 1);
	snprintf(c->name, sizeof c->name, "%s", name);
	int rc = lock_name(c, dir, e);
	return rc <= 0 ? rc : err_set(e, ROS_LATER, "consumer %s is in use by another process", name);
}

void consumer_release(struct consumer *c)
{
	if (c->lock >= 0)
		close(c->lock);
	c->lock = -1;
}
