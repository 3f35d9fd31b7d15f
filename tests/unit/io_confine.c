/* io/confine: what a process can no longer do, each tried in a child of its own. */
#include "io/confine.h"

#include "../lib/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char place[] = "/tmp/confine.XXXXXX";
static const char *const writable[] = { "in", "file", "not-there" };

/* What a confined child made of it: 0, or the error; -1 where it did not come to an answer. */
static int confined(int (*try)(void))
{
	int status;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		confine(&(struct log){ .tool = "unit", .fd = STDERR_FILENO, .verbose = true }, writable, 3);
		_exit(try() == 0 ? 0 : errno);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int run_program(void)
{
	return execl("/bin/true", "true", (char *)NULL);
}

static int open_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0) < 0 ? -1 : 0;
}

static int open_internet(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) < 0 ? -1 : 0;
}

static int make_pair(void)
{
	int fds[2];
	return socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
}

static void *nothing(void *arg)
{
	return arg;
}

static int make_thread(void)
{
	pthread_t thread;
	errno = pthread_create(&thread, NULL, nothing, NULL);
	return errno == 0 && pthread_join(thread, NULL) == 0 ? 0 : -1;
}

static void programs_and_sockets_are_refused(void)
{
	CHECK_INT(confined(run_program), EPERM);
	CHECK_INT(confined(open_socket), EPERM);
	CHECK_INT(confined(open_internet), EPERM);
	CHECK_INT(confined(make_pair), EPERM);
}

static void a_thread_may_be_made(void)
{
	CHECK_INT(confined(make_thread), 0);
}

#ifndef __SANITIZE_ADDRESS__ /* as in confine.c */
static int make_process(void)
{
	pid_t pid = fork();
	if (pid == 0)
		_exit(0);
	return pid < 0 ? -1 : 0;
}

static int trace(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 ? -1 : 0;
}

static void processes_and_tracing_are_refused(void)
{
	CHECK_INT(confined(make_process), EPERM);
	CHECK_INT(confined(trace), EPERM);
}
#endif

static int make(const char *path)
{
	return open(path, O_WRONLY | O_CREAT, 0600) < 0 ? -1 : 0;
}

static int make_inside(void)
{
	return make("in/new") == 0 && rename("in/new", "in/newer") == 0 && unlink("in/newer") == 0 ? 0 : -1;
}

static int make_outside(void)
{
	return make("new");
}

static int write_file(void)
{
	return open("file", O_WRONLY | O_TRUNC) < 0 ? -1 : 0;
}

static int write_other(void)
{
	return open("other", O_WRONLY) < 0 ? -1 : 0;
}

static int remove_other(void)
{
	return unlink("other");
}

static int read_other(void)
{
	return open("other", O_RDONLY) < 0 ? -1 : 0;
}

static bool landlock_is_there(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) > 0;
}

static void files_are_written_only_where_it_is_allowed(void)
{
	if (!landlock_is_there())
		return;
	CHECK_INT(confined(make_inside), 0);
	CHECK_INT(confined(make_outside), EACCES);
	CHECK_INT(confined(write_file), 0);
	CHECK_INT(confined(write_other), EACCES);
	CHECK_INT(confined(remove_other), EACCES);
	CHECK_INT(confined(read_other), 0);
}

static int no_new_rights(void)
{
	errno = EAGAIN;
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : -1;
}

static void no_program_can_give_rights_back(void)
{
	CHECK_INT(confined(no_new_rights), 0);
}

int main(void)
{
	if (!mkdtemp(place) || chdir(place) != 0 || mkdir("in", 0700) != 0 || make("file") != 0 || make("other") != 0)
		return 1;
	RUN(programs_and_sockets_are_refused);
	RUN(a_thread_may_be_made);
#ifndef __SANITIZE_ADDRESS__
	RUN(processes_and_tracing_are_refused);
#endif
	RUN(files_are_written_only_where_it_is_allowed);
	RUN(no_program_can_give_rights_back);
	return unlink("file") != 0 || unlink("other") != 0 || rmdir("in") != 0 || rmdir(place) != 0 ? 1 : unit_done();
}
