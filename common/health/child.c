/* See the header. */
#include "health/child.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int child_fork(struct child *c, struct err *e)
{
	pid_t parent = getpid(), pid = fork();
	if (pid < 0)
		return err_sys(e, ROS_IO, "cannot start a process");
	if (pid > 0) {
		setpgid(pid, pid); /* here and there: whoever comes first */
		c->pid = pid;
		return 0;
	}
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close_range(STDERR_FILENO + 1, ~0u, 0);
	if (getppid() != parent)
		raise(SIGKILL);
	return 1;
}

bool child_ended(struct child *c)
{
	if (c->pid != 0 && waitpid(c->pid, &c->status, WNOHANG) != 0)
		c->pid = 0;
	return c->pid == 0;
}

void child_kill(const struct child *c)
{
	if (c->pid != 0)
		kill(-c->pid, SIGKILL);
}
