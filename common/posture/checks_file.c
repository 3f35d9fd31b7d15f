/* The bus on a file: its mode and owner. That it lies on a local disk and is synced, the driver sees to. */
#include "posture/audit.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file beside which the log and the shared memory of SQLite lie, with the same mode. */
static enum check_state mode(const struct posture *f, struct finding *out)
{
	struct stat st;
	if (stat(f->url.path, &st) < 0) {
		buf_fmt(&out->evidence, "cannot be seen: %s", strerror(errno));
		return CHECK_UNSEEN;
	}
	buf_fmt(&out->evidence, "mode %04o, owner %u", (unsigned)st.st_mode & 07777, (unsigned)st.st_uid);
	return check_found((st.st_mode & 077) || st.st_uid != geteuid());
}

static enum check_state place(const struct posture *f, struct finding *out)
{
	(void)f;
	buf_z(&out->evidence, "on a local disk: a file system of the network is refused when the bus is opened");
	return CHECK_PASSED;
}

static enum check_state sync_policy(const struct posture *f, struct finding *out)
{
	(void)f;
	buf_z(&out->evidence, "each batch is on disk (WAL, synchronous FULL) before its ids are printed");
	return CHECK_PASSED;
}

static enum check_state at_rest(const struct posture *f, struct finding *out)
{
	(void)f;
	buf_z(&out->evidence, "cannot be seen: the file is not encrypted by these tools; what is below it must be");
	return CHECK_UNSEEN;
}

const struct check file_checks[] = {
	{ "file-mode", SEVERITY_HIGH, 0, "others than who runs this may read or write the bus", "45 CFR 164.312(a)(1)", "chmod 600, and chown to who runs the pipe", mode },
	{ "file-place", SEVERITY_HIGH, 0, "the bus is on a file system of the network", "45 CFR 164.312(c)(1)", "a local disk, or Redis", place },
	{ "file-sync", SEVERITY_HIGH, 0, "a crash may lose what was confirmed", "45 CFR 164.312(c)(1)", "synchronous FULL", sync_policy },
	{ "encryption-at-rest", SEVERITY_NOTE, 0, "whether the bus's file is encrypted", "45 CFR 164.312(a)(2)(iv)",
	  "put the state directory on an encrypted volume: lsblk -f shows crypto_LUKS", at_rest },
	{ 0 },
};
