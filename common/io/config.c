/*
 * Settings. The files are read once, the least important first; a name is looked up from the end, so that the last
 * line wins.
 */
#include "io/config.h"

#include "base/buf.h"
#include "base/mem.h"
#include "io/file.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYSTEM_FILE "/etc/ros/config"
#define FILE_MAX ((size_t)1024 * 1024)

struct setting {
	char *name, *value;
};

struct config {
	char **environment;
	struct setting *settings;
	size_t n;
	char *state_dir; /* NULL until it is asked for */
};

static const char *get_environment(const struct config *c, const char *name)
{
	size_t n = strlen(name);
	for (char **v = c->environment; *v; v++)
		if (strncmp(*v, name, n) == 0 && (*v)[n] == '=')
			return (*v)[n + 1] ? *v + n + 1 : NULL;
	return NULL;
}

const char *config_get(const struct config *c, const char *name)
{
	const char *value = get_environment(c, name);
	for (size_t i = c->n; !value && i-- > 0;)
		if (strcmp(c->settings[i].name, name) == 0)
			value = c->settings[i].value;
	return value;
}

static bool is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '_' && !isalnum((unsigned char)s.p[i]))
			return false;
	return s.n > 0 && !isdigit((unsigned char)s.p[0]);
}

/* One line of a file; false where it is not KEY=VALUE. */
static bool add_line(struct config *c, struct str line)
{
	struct str name, value;
	line = str_trim(line);
	if (line.n == 0 || line.p[0] == '#')
		return true;
	value = str_cut(line, '=', &name);
	if (!value.p || !is_name(name) || memchr(value.p, '\0', value.n))
		return false;
	if (value.n == 0)
		return true;
	c->settings = mem_grow(c->settings, c->n + 1, sizeof *c->settings);
	c->settings[c->n++] = (struct setting){ mem_strdup(name), mem_strdup(value) };
	return true;
}

static int add_text(struct config *c, const char *path, struct str text, struct err *e)
{
	struct str line;
	for (size_t number = 1; text.p; number++) {
		text = str_cut(text, '\n', &line);
		if (!add_line(c, line))
			return err_set(e, ROS_CONFIG, "%s:%zu: not a KEY=VALUE line", path, number);
	}
	return 0;
}

static int add_file(struct config *c, const char *path, struct err *e)
{
	struct buf b;
	buf_init(&b, FILE_MAX);
	int result = file_read(path, &b, e);
	if (result == 0)
		result = add_text(c, path, buf_view(&b), e);
	else if (e)
		e->status = ROS_CONFIG;
	buf_free(&b);
	return result;
}

static int add_file_if_there(struct config *c, const char *path, struct err *e)
{
	if (access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	return add_file(c, path, e);
}

/* directory/rest, or NULL without a directory. */
static char *path_below(const char *directory, const char *rest)
{
	struct buf b;
	if (!directory)
		return NULL;
	buf_init(&b, SIZE_MAX / 2);
	buf_fmt(&b, "%s/%s", directory, rest);
	char *path = mem_strdup(buf_view(&b));
	buf_free(&b);
	return path;
}

int config_open(struct config **c, char **environment, struct err *e)
{
	struct config *made = mem_alloc(sizeof *made);
	made->environment = environment;
	const char *named = get_environment(made, "ROS_CONFIG");
	char *own = path_below(get_environment(made, "HOME"), ".config/ros/config");
	int result = add_file_if_there(made, SYSTEM_FILE, e);
	if (result == 0 && own)
		result = add_file_if_there(made, own, e);
	if (result == 0 && named)
		result = add_file(made, named, e);
	free(own);
	if (result != 0) {
		config_close(made);
		return -1;
	}
	*c = made; /* the caller's now */
	return 0;
}

void config_close(struct config *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n; i++) {
		free(c->settings[i].name);
		free(c->settings[i].value);
	}
	free(c->settings);
	free(c->state_dir);
	free(c);
}

static char *find_state_dir(const struct config *c)
{
	const char *own = config_get(c, "ROS_STATE_DIR"), *state = config_get(c, "XDG_STATE_HOME");
	if (own)
		return mem_strdup(str_of(own));
	if (state && state[0] == '/') /* the XDG specification: a relative one is to be ignored */
		return path_below(state, "ros");
	return path_below(config_get(c, "HOME"), ".local/state/ros");
}

/* A name that does not depend on the working directory. */
static int make_absolute(struct config *c, struct err *e)
{
	char *path = realpath(c->state_dir, NULL);
	if (!path)
		return err_sys(e, ROS_IO, "cannot find %s", c->state_dir);
	free(c->state_dir);
	c->state_dir = path;
	return 0;
}

int config_state_dir(struct config *c, const char **dir, struct err *e)
{
	if (!c->state_dir)
		c->state_dir = find_state_dir(c);
	if (!c->state_dir)
		return err_set(e, ROS_CONFIG, "no state directory: neither ROS_STATE_DIR nor HOME is set");
	if (file_make_dir(c->state_dir, e) != 0 || (c->state_dir[0] != '/' && make_absolute(c, e) != 0))
		return -1;
	*dir = c->state_dir;
	return 0;
}
