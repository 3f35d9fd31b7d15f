/* link(2) gives the name, since it fails where the name is taken; rename(2) would replace what is there. */
#include "store/copy.h"

#include "base/buf.h"
#include "base/mem.h"
#include "store/migrate.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_TEXT_MAX ((size_t)1 << 16)

static int refuse_existing(const char *path, const char *suffix, struct err *e)
{
	struct buf name;
	struct stat st;
	buf_init(&name, PATH_TEXT_MAX);
	buf_fmt(&name, "%s%s", path, suffix);
	int rc = 0;
	if (lstat(buf_cstr(&name), &st) == 0)
		rc = err_set(e, ROS_IO, "%s is there already, and is not overwritten", buf_cstr(&name));
	buf_free(&name);
	return rc;
}

static int sync_path(const char *path, int flags, struct err *e)
{
	int fd = open(path, flags | O_CLOEXEC), rc = 0;
	if (fd < 0 || fsync(fd) < 0)
		rc = err_sys(e, ROS_IO, "cannot sync %s", path);
	if (fd >= 0)
		close(fd);
	return rc;
}

/* An empty file of ours alone, which SQLite then fills. */
static int make_part(const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(e, ROS_IO, "cannot create %s", path);
	close(fd);
	return 0;
}

static int give_name(const char *part, const char *to, struct err *e)
{
	char *copy = mem_strdup(str_of(to));
	int rc = sync_path(part, O_RDWR, e);
	if (rc == 0 && link(part, to) < 0)
		rc = err_sys(e, ROS_IO, "cannot create %s", to);
	if (rc == 0)
		rc = sync_path(dirname(copy), O_RDONLY | O_DIRECTORY, e);
	free(copy);
	return rc;
}

static int copy_to(struct db *db, const char *to, struct err *e)
{
	struct buf part;
	buf_init(&part, PATH_TEXT_MAX);
	buf_fmt(&part, "%s.%ld.part", to, (long)getpid());
	int rc = make_part(buf_cstr(&part), e);
	if (rc == 0) {
		rc = db_copy(db, buf_cstr(&part), e);
		if (rc == 0)
			rc = give_name(buf_cstr(&part), to, e);
		unlink(buf_cstr(&part));
	}
	buf_free(&part);
	return rc;
}

int store_copy(const char *from, const char *to, int busy_ms, struct err *e)
{
	struct db *db;
	int version;
	if (refuse_existing(to, "", e) < 0 || refuse_existing(to, "-wal", e) < 0 || db_open(&db, from, DB_READ, busy_ms, e) < 0)
		return -1;
	int rc = migrate_version(db, &version, e);
	if (rc == 0)
		rc = copy_to(db, to, e);
	db_close(db);
	return rc;
}
