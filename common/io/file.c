/* Files as a whole. */
#include "io/file.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_SIZE ((size_t)64 * 1024)

static bool is_dir(int fd)
{
	struct stat st;
	return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
}

int file_open_input(const char *path, int *fd, const char **name, struct err *e)
{
	bool standard = strcmp(path, "-") == 0;
	int opened = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	const char *called = standard ? "standard input" : path;
	if (opened < 0)
		return err_sys(e, ROS_INPUT, "cannot open %s", called);
	if (is_dir(opened)) {
		if (!standard)
			close(opened);
		return err_set(e, ROS_INPUT, "cannot read %s: is a directory", called);
	}
	*fd = opened; /* the caller's now */
	*name = called;
	return 0;
}

/* Reads to the end of fd. One byte is read beyond what fits, to know whether there are more. */
static int read_all(int fd, const char *name, struct buf *b, struct err *e)
{
	char chunk[READ_SIZE];
	ssize_t n;
	while ((n = read(fd, chunk, sizeof chunk)) != 0) {
		if (n > 0)
			buf_add(b, chunk, (size_t)n);
		else if (errno != EINTR)
			return err_sys(e, ROS_IO, "cannot read %s", name);
		if (!buf_ok(b))
			return err_set(e, ROS_INPUT, "cannot read %s: it has more than %zu bytes", name, b->max);
	}
	return 0;
}

int file_read(const char *path, struct buf *b, struct err *e)
{
	int fd;
	const char *name;
	if (file_open_input(path, &fd, &name, e) != 0)
		return -1;
	int result = read_all(fd, name, b, e);
	if (fd != STDIN_FILENO)
		close(fd);
	return result;
}

static int check_secret(const char *what, const char *path, int fd, struct err *e)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return err_sys(e, ROS_CONFIG, "%s %s", what, path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ROS_CONFIG, "%s %s: not a file", what, path);
	if (st.st_mode & 077)
		return err_set(e, ROS_CONFIG, "%s %s: its mode is %04o, and must be 0600", what, path, (unsigned)st.st_mode & 07777);
	return 0;
}

/* O_NONBLOCK: a pipe is no file, and is not waited for. */
int file_read_secret(const char *what, const char *path, struct buf *b, struct err *e)
{
	struct err why;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return err_sys(e, ROS_CONFIG, "%s %s", what, path);
	int rc = check_secret(what, path, fd, e);
	if (rc == 0 && read_all(fd, path, b, &why) != 0)
		rc = err_set(e, ROS_CONFIG, "%s: %s", what, why.text);
	close(fd);
	return rc;
}

int file_refuse_link(const char *path, struct err *e)
{
	struct stat st;
	if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
		return err_set(e, ROS_CONFIG, "%s is a symbolic link, and is not followed", path);
	return 0;
}

static bool make_one(const char *path)
{
	return mkdir(path, 0700) == 0 || errno == EEXIST;
}

int file_make_dir(const char *path, struct err *e)
{
	char *copy = mem_strdup(str_of(path));
	bool made = true;
	for (char *slash = strchr(copy, '/'); made && slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		made = slash == copy || make_one(copy);
		*slash = '/';
	}
	made = made && make_one(copy);
	struct stat st;
	if (made && stat(path, &st) == 0 && !S_ISDIR(st.st_mode)) {
		errno = ENOTDIR;
		made = false;
	}
	int result = made ? 0 : err_sys(e, ROS_IO, "cannot make the directory %s", path);
	free(copy);
	return result;
}
