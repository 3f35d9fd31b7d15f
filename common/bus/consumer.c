/* Consumer names, each held by the lock of an empty file. */
#include "bus/consumer.h"

#include "base/buf.h"
#include "bus/host.h"
#include "io/lock.h"

#include <stdio.h>
#include <unistd.h>

#define PATH_BYTES 8192

/* Locks the given name. 1: another process holds it. */
static int lock_name(struct consumer *c, const char *dir, struct err *e)
{
	struct buf path;
	buf_init(&path, PATH_BYTES);
	buf_fmt(&path, "%s/consumer-%s.lock", dir, c->name);
	int rc = buf_ok(&path) ? lock_take(buf_cstr(&path), &c->lock, e) : err_set(e, ROS_IO, "%s: the name is too long", dir);
	buf_free(&path);
	return rc;
}

static int take_instance(struct consumer *c, const char *dir, struct err *e)
{
	char host[HOST_BYTES];
	if (!host_name(host))
		return err_set(e, ROS_CONFIG, "the host's name cannot name a consumer: use --consumer");
	struct buf path;
	buf_init(&path, PATH_BYTES);
	buf_fmt(&path, "%s/consumer-%s-", dir, host);
	int n = lock_take_lowest(buf_cstr(&path), ".lock", &c->lock, e);
	buf_free(&path);
	if (n == 0)
		return err_set(e, ROS_LATER, "all consumer names of this host are in use");
	snprintf(c->name, sizeof c->name, "%s-%d", host, n);
	return n < 0 ? -1 : 0;
}

int consumer_take(struct consumer *c, const char *dir, const char *name, struct err *e)
{
	c->lock = -1;
	if (!name)
		return take_instance(c, dir, e);
	if (!host_name_plain(str_of(name)))
		return err_set(e, ROS_CONFIG, "consumer: not a name of 1 to %d bytes without white space and slashes", HOST_BYTES - 1);
	snprintf(c->name, sizeof c->name, "%s", name);
	int rc = lock_name(c, dir, e);
	return rc <= 0 ? rc : err_set(e, ROS_LATER, "consumer %s is in use by another process", name);
}

int consumer_take_orphan(struct consumer *c, const char *dir, int *instance, struct err *e)
{
	char host[HOST_BYTES];
	struct buf path;
	int rc = 1;
	if (!host_name(host))
		return 0;
	buf_init(&path, PATH_BYTES);
	while (rc == 1) {
		buf_clear(&path);
		buf_fmt(&path, "%s/consumer-%s-%d.lock", dir, host, ++*instance);
		if (access(buf_cstr(&path), F_OK) != 0)
			break; /* names are taken from the lowest on */
		rc = lock_take(buf_cstr(&path), &c->lock, e);
	}
	buf_free(&path);
	snprintf(c->name, sizeof c->name, "%s-%d", host, *instance);
	return rc < 0 ? -1 : rc == 0;
}

void consumer_release(struct consumer *c)
{
	if (c->lock >= 0)
		close(c->lock);
	c->lock = -1;
}
