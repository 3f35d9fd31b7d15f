/* See the header. */
#include "io/lock.h"

#include "base/buf.h"
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#define INSTANCES 1000
#define PATH_BYTES 8192

int lock_take(const char *path, int *out, struct err *e)
{
	*out = -1;
	if (file_refuse_link(path, e) < 0)
		return -1;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_sys(e, ROS_IO, "%s", path);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		int rc = errno == EWOULDBLOCK ? 1 : err_sys(e, ROS_IO, "lock %s", path);
		close(fd);
		return rc;
	}
	*out = fd;
	return 0;
}

int lock_take_lowest(const char *path, const char *suffix, int *fd, struct err *e)
{
	struct buf name;
	buf_init(&name, PATH_BYTES);
	int found = 0, rc = 1;
	for (int i = 1; rc == 1 && i <= INSTANCES; i++) {
		buf_clear(&name);
		buf_fmt(&name, "%s%d%s", path, i, suffix);
		rc = buf_ok(&name) ? lock_take(buf_cstr(&name), fd, e) : err_set(e, ROS_IO, "%s: the name is too long", path);
		if (rc == 0)
			found = i;
	}
	buf_free(&name);
	return rc < 0 ? -1 : found;
}
