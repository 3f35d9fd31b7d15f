/*
 * See the header. The list of calls is of what is denied, not of what is allowed, since the libraries that set a page use many that differ by
 * version and machine; what can do harm without being on the list, writing files, is Landlock's.
 */
#include "io/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14) /* Linux 6.2; Debian 12's headers are older */
#endif

#define LENGTH(array) (sizeof(array) / sizeof *(array))

static const int denied[] = {
	SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(socket), SCMP_SYS(socketpair), SCMP_SYS(io_uring_setup),
	SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(pidfd_getfd), SCMP_SYS(bpf), SCMP_SYS(perf_event_open),
	SCMP_SYS(userfaultfd), SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(mount), SCMP_SYS(chroot),
	SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(keyctl),
};

static int deny_processes(scmp_filter_ctx filter)
{
#ifdef __SANITIZE_ADDRESS__ /* at exit the leak sanitizer makes a process that traces this one */
	(void)filter;
	return 0;
#else
	static const int calls[] = { SCMP_SYS(ptrace), SCMP_SYS(fork), SCMP_SYS(vfork) };
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < LENGTH(calls); i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), calls[i], 0);
	if (rc == 0) /* its flags are in memory, which a filter does not see; without it libc takes clone */
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
	return rc;
#endif
}

static bool limit_calls(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	if (!filter)
		return false;
	int rc = deny_processes(filter);
	for (size_t i = 0; rc == 0 && i < LENGTH(denied); i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), denied[i], 0);
	if (rc == 0)
		rc = seccomp_load(filter);
	seccomp_release(filter);
	return rc == 0;
}

/* The rights that this version of Landlock knows, of those that change files. */
static uint64_t rights_known(long version)
{
	uint64_t rights = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
	                  LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
	                  LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;
	if (version >= 2)
		rights |= LANDLOCK_ACCESS_FS_REFER;
	if (version >= 3)
		rights |= LANDLOCK_ACCESS_FS_TRUNCATE;
	return rights;
}

/* What cannot be allowed is denied: whoever then writes there says what failed. */
static void allow(int rules, uint64_t known, const char *path)
{
	const uint64_t in_file = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE;
	const uint64_t in_directory = in_file | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
	                              LANDLOCK_ACCESS_FS_REMOVE_DIR; /* a bundle is made as a directory beside its place */
	struct landlock_path_beneath_attr rule = { .parent_fd = open(path, O_PATH | O_CLOEXEC) };
	struct stat st;
	if (rule.parent_fd < 0)
		return;
	if (fstat(rule.parent_fd, &st) == 0) {
		rule.allowed_access = known & (S_ISDIR(st.st_mode) ? in_directory : in_file);
		syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	}
	close(rule.parent_fd);
}

static bool limit_files(const char *const *writable, size_t n)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (version < 1)
		return false;
	struct landlock_ruleset_attr attr = { .handled_access_fs = rights_known(version) };
	int rules = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
	if (rules < 0)
		return false;
	for (size_t i = 0; i < n; i++)
		allow(rules, attr.handled_access_fs, writable[i]);
#ifdef ROS_INSTRUMENTED /* where a build for tests writes what it has counted or found */
	allow(rules, attr.handled_access_fs, ROS_INSTRUMENTED);
#endif
	long rc = syscall(SYS_landlock_restrict_self, rules, 0);
	close(rules);
	return rc == 0;
}

void confine(const struct log *log, const char *const *writable, size_t n)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !limit_files(writable, n))
		log_note(log, "not confined to its files: this kernel has no Landlock");
	if (!limit_calls())
		log_note(log, "not confined in its system calls: this kernel has no seccomp filter");
}
