/* io/config, io/file: settings from the environment and from files; files and directories. */
#include "io/config.h"

#include "../lib/unit.h"
#include "io/file.h"

#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char home[] = "/tmp/ros-unit-XXXXXX";
static char path_text[4][200];

/* A path below the test's own directory. Four of them live at a time. */
static const char *below(const char *name)
{
	static int next;
	char *path = path_text[next++ % 4];
	snprintf(path, sizeof path_text[0], "%s/%s", home, name);
	return path;
}

static void put_file(const char *path, struct str text)
{
	FILE *f = fopen(path, "w");
	if (!f || fwrite(text.p, 1, text.n, f) != text.n || fclose(f) != 0)
		abort();
}

/* NAME=path below the test's directory, as the environment has it. */
static char *variable(const char *name, const char *file)
{
	static char text[2][300];
	static int next;
	char *v = text[next++ % 2];
	snprintf(v, sizeof text[0], "%s=%s", name, below(file));
	return v;
}

static const char *own_file(void)
{
	struct err e;
	CHECK_INT(file_make_dir(below("home/.config/ros"), &e), 0);
	return below("home/.config/ros/config");
}

static void environment_first(void)
{
	char set[] = "ROS_A=environment", empty[] = "ROS_B=", longer[] = "ROS_CC=x";
	char *environment[] = { set, empty, longer, variable("HOME", "home"), variable("ROS_CONFIG", "named"), NULL };
	struct config *c = NULL;
	struct err e;
	put_file(own_file(), STR("ROS_A=own\nROS_B=own\nROS_C=own\nROS_D=own\n"));
	put_file(below("named"), STR("# comment\n\n \tROS_C=first \r\nROS_C= named = \"x\" \nROS_D=\nros_A1=last"));
	CHECK_INT(config_open(&c, environment, &e), 0);
	CHECK_STR(str_of(config_get(c, "ROS_A")), "environment");
	CHECK_STR(str_of(config_get(c, "ROS_B")), "own");
	CHECK_STR(str_of(config_get(c, "ROS_C")), " named = \"x\"");
	CHECK_STR(str_of(config_get(c, "ROS_D")), "own");
	CHECK_STR(str_of(config_get(c, "ros_A1")), "last");
	CHECK(!config_get(c, "ROS_E"));
	config_close(c);
}

static void no_files(void)
{
	char *environment[] = { variable("HOME", "nowhere"), NULL }, *nothing[] = { NULL };
	struct config *c = NULL;
	struct err e;
	CHECK_INT(config_open(&c, environment, &e), 0);
	config_close(c);
	CHECK_INT(config_open(&c, nothing, &e), 0);
	CHECK(!config_get(c, "HOME"));
	config_close(c);
	config_close(NULL);
}

static void bad_files(void)
{
	const struct str bad[] = {
		STR("\nROS_A secret\n"), STR("\n=secret\n"), STR("\nROS A=secret\n"), STR("\n1A=secret"),
		STR("\nROS_A=sec\0ret\n"), STR("\nexport ROS_A=secret\n"),
	};
	char *environment[] = { variable("ROS_CONFIG", "bad"), NULL };
	struct config *c = NULL;
	struct err e;
	char want[300];
	snprintf(want, sizeof want, "%s:2: not a KEY=VALUE line", below("bad"));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		put_file(below("bad"), bad[i]);
		CHECK_INT(config_open(&c, environment, &e), -1);
		CHECK_INT(e.status, ROS_CONFIG);
		CHECK_STR(str_of(e.text), want);
	}
	unlink(below("bad"));
	CHECK_INT(config_open(&c, environment, &e), -1);
	CHECK_INT(e.status, ROS_CONFIG);
	CHECK(strstr(e.text, "no such file or directory"));
}

static void state_dir_of(char **environment, const char *want)
{
	struct config *c = NULL;
	struct err e;
	struct stat st;
	const char *dir = NULL;
	CHECK_INT(config_open(&c, environment, &e), 0);
	CHECK_INT(config_state_dir(c, &dir, &e), 0);
	CHECK_STR(str_of(dir), want);
	CHECK(dir && stat(dir, &st) == 0 && (st.st_mode & 0777) == 0700);
	CHECK_INT(config_state_dir(c, &dir, &e), 0);
	config_close(c);
}

static void state_dirs(void)
{
	char relative[] = "XDG_STATE_HOME=relative";
	char own[300], state[300], user[300];
	snprintf(own, sizeof own, "ROS_STATE_DIR=%s", below("s/own"));
	snprintf(state, sizeof state, "XDG_STATE_HOME=%s", below("s/xdg"));
	snprintf(user, sizeof user, "HOME=%s", below("s/user"));
	state_dir_of((char *[]){ user, state, own, NULL }, below("s/own"));
	state_dir_of((char *[]){ user, state, NULL }, below("s/xdg/ros"));
	state_dir_of((char *[]){ user, relative, NULL }, below("s/user/.local/state/ros"));
}

static void a_relative_state_dir_becomes_absolute(void)
{
	char own[] = "ROS_STATE_DIR=s/../relative/own", was[PATH_MAX];
	CHECK(getcwd(was, sizeof was) && chdir(below("")) == 0);
	state_dir_of((char *[]){ own, NULL }, below("relative/own"));
	CHECK(chdir(was) == 0);
}

static void no_state_dir(void)
{
	char *nothing[] = { NULL };
	struct config *c = NULL;
	struct err e;
	const char *dir;
	CHECK_INT(config_open(&c, nothing, &e), 0);
	CHECK_INT(config_state_dir(c, &dir, &e), -1);
	CHECK_INT(e.status, ROS_CONFIG);
	config_close(c);
}

static void directories(void)
{
	struct err e;
	put_file(below("plain"), STR("x"));
	CHECK_INT(file_make_dir(below("plain"), &e), -1);
	CHECK_INT(e.status, ROS_IO);
	CHECK(strstr(e.text, "not a directory"));
	CHECK_INT(file_make_dir(below("plain/sub"), &e), -1);
	CHECK(strstr(e.text, "not a directory"));
	CHECK_INT(file_make_dir("", &e), -1);
	CHECK_INT(file_make_dir(below("d//e/f/"), &e), 0);
	CHECK_INT(access(below("d/e/f"), W_OK), 0);
	CHECK_INT(file_make_dir(below("d/e/f"), &e), 0);
}

static void inputs(void)
{
	struct err e;
	const char *name;
	int fd = -1;
	put_file(below("in"), STR("x"));
	CHECK_INT(file_open_input(below("in"), &fd, &name, &e), 0);
	CHECK(fd > 2);
	CHECK_STR(str_of(name), below("in"));
	close(fd);
	CHECK_INT(file_open_input("-", &fd, &name, &e), 0);
	CHECK_INT(fd, 0);
	CHECK_STR(str_of(name), "standard input");
	CHECK_INT(file_open_input("/", &fd, &name, &e), -1);
	CHECK_INT(e.status, ROS_INPUT);
	CHECK_STR(str_of(e.text), "cannot read /: is a directory");
	CHECK_INT(file_open_input("/nowhere", &fd, &name, &e), -1);
	CHECK_INT(e.status, ROS_INPUT);
	CHECK_STR(str_of(e.text), "cannot open /nowhere: no such file or directory");
}

static void whole_files(void)
{
	struct buf b;
	struct err e;
	char bytes[100000];
	memset(bytes, 'x', sizeof bytes);
	put_file(below("large"), (struct str){ bytes, sizeof bytes });
	buf_init(&b, sizeof bytes);
	CHECK_INT(file_read(below("large"), &b, &e), 0);
	CHECK(str_eq(buf_view(&b), (struct str){ bytes, sizeof bytes }));
	buf_free(&b);
	buf_init(&b, sizeof bytes - 1);
	CHECK_INT(file_read(below("large"), &b, &e), -1);
	CHECK_INT(e.status, ROS_INPUT);
	CHECK(strstr(e.text, "more than 99999 bytes"));
	buf_free(&b);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *place)
{
	(void)st;
	(void)type;
	(void)place;
	return remove(path);
}

int main(void)
{
	if (!mkdtemp(home))
		return 1;
	RUN(environment_first);
	RUN(no_files);
	RUN(bad_files);
	RUN(state_dirs);
	RUN(a_relative_state_dir_becomes_absolute);
	RUN(no_state_dir);
	RUN(directories);
	RUN(inputs);
	RUN(whole_files);
	nftw(home, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return unit_done();
}
