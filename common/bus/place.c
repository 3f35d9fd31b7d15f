/* Where the file bus may lie. */
#include "bus/place.h"

#include "base/mem.h"
#include "io/file.h"

#include <linux/magic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/vfs.h>

/* File systems that other hosts may write to as well. */
static bool is_network(const struct statfs *fs)
{
	static const uint32_t kinds[] = {
		NFS_SUPER_MAGIC, SMB_SUPER_MAGIC,  SMB2_SUPER_MAGIC, CIFS_SUPER_MAGIC,
		AFS_SUPER_MAGIC, CODA_SUPER_MAGIC, CEPH_SUPER_MAGIC, V9FS_MAGIC,
	};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if ((uint32_t)fs->f_type == kinds[i])
			return true;
	return false;
}

static char *directory_of(const char *path)
{
	struct str s = str_of(path);
	while (s.n > 0 && s.p[s.n - 1] != '/')
		s.n--;
	return mem_strdup(s.n > 0 ? s : STR("."));
}

int place_make(const char *path, const char *name, struct err *e)
{
	char *dir = directory_of(path);
	struct statfs fs;
	int rc = file_make_dir(dir, e);
	if (rc == 0 && statfs(dir, &fs) < 0)
		rc = err_sys(e, ROS_CONFIG, "bus %s", name);
	else if (rc == 0 && is_network(&fs))
		rc = err_set(e, ROS_CONFIG, "bus %s: a network file system cannot hold it: use a local disk, or Redis",
		             name);
	free(dir);
	return rc;
}
