/* Which bus, from options and configuration. */
#include "bus/setup.h"

#include "bus/url.h"
#include "io/file.h"

#include <arpa/inet.h>
#include <sys/prctl.h>

#define NAME_BYTES 255 /* so that an ack line with stream, group, id and reason stays under PIPE_BUF */
#define URL_BYTES 8192
#define PASSWORD_BYTES 4096

/* The name is the value of the option, unless it is the variable's own. */
static int check_name(const struct config *c, const char *option, const char *variable, const char *name, struct err *e)
{
	struct str s = str_of(name);
	bool good = s.n > 0 && s.n <= NAME_BYTES && str_utf8(s);
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f)
			good = false;
	if (good)
		return 0;
	bool given = name != config_get(c, variable);
	return err_set(e, given ? ROS_USAGE : ROS_CONFIG, "%s%s: '%s' is not a name of 1 to %d bytes without white space",
	               given ? "--" : "", given ? option : variable, name, NAME_BYTES);
}

/* A URL that was given may hold a password: it is kept here, and no longer where it was given. */
static void take_url(struct bus_setup *s)
{
	buf_z(&s->url_text, s->url);
	if (buf_ok(&s->url_text))
		url_hide((char *)s->url); /* in argv or in the environment */
	s->url = buf_cstr(&s->url_text);
}

static int find_url(struct bus_setup *s, struct config *c, struct err *e)
{
	const char *dir;
	if (s->url) {
		take_url(s);
	} else if (config_get(c, "REDIS_URL")) {
		buf_z(&s->url_text, config_get(c, "REDIS_URL"));
	} else if (config_state_dir(c, &dir, e) < 0) {
		return -1;
	} else {
		buf_fmt(&s->url_text, "file://%s/bus.db", dir);
	}
	s->settings.url = buf_cstr(&s->url_text);
	return buf_ok(&s->url_text) ? 0 : err_set(e, ROS_CONFIG, "the bus URL is longer than %d bytes", URL_BYTES);
}

/* The first line of the file; it stays in s->password. */
static int read_password(struct bus_setup *s, const char *path, struct err *e)
{
	struct str line;
	if (file_read_secret("password file", path, &s->password, e) < 0)
		return -1;
	str_cut(buf_view(&s->password), '\n', &line);
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	if (line.n == 0)
		return err_set(e, ROS_CONFIG, "password file %s: no password in it", path);
	s->password.p[line.n] = '\0';
	s->settings.password = s->password.p;
	return 0;
}

static int find_tls(struct bus_setup *s, const struct config *c, struct err *e)
{
	const char *required = config_get(c, "ROS_REQUIRE_TLS");
	if (required && strcmp(required, "0") != 0 && strcmp(required, "1") != 0)
		return err_set(e, ROS_CONFIG, "ROS_REQUIRE_TLS: '%s' is not 0 or 1", required);
	s->settings.tls = (struct bus_tls){
		.ca = config_get(c, "ROS_TLS_CA"),
		.cert = config_get(c, "ROS_TLS_CERT"),
		.key = config_get(c, "ROS_TLS_KEY"),
		.required = required && *required == '1',
	};
	return 0;
}

int bus_setup_settle(struct bus_setup *s, struct config *c, struct err *e)
{
	prctl(PR_SET_DUMPABLE, 0);
	buf_init(&s->url_text, URL_BYTES);
	buf_init(&s->dead, NAME_BYTES + sizeof ":dead");
	buf_init(&s->password, PASSWORD_BYTES);
	if (check_name(c, "stream", "INSIGHTS_STREAM_NAME", s->stream, e) ||
	    check_name(c, "group", "INSIGHTS_CONSUMER_GROUP", s->group, e) || find_url(s, c, e) || find_tls(s, c, e))
		return -1;
	buf_fmt(&s->dead, "%s:dead", s->stream);
	s->settings.stream = s->stream;
	s->settings.group = s->group;
	s->settings.dead = buf_cstr(&s->dead);
	s->settings.timeout_ms = (int)s->timeout_ms;
	const char *password_file = config_get(c, "ROS_REDIS_PASSWORD_FILE");
	if (password_file && read_password(s, password_file, e))
		return -1;
	struct url url;
	int rc = url_parse(s->settings.url, &url, e);
	url_free(&url);
	return rc;
}

int bus_setup_open(struct bus_setup *s, struct config *c, struct bus **b, struct err *e)
{
	return bus_setup_settle(s, c, e) < 0 ? -1 : bus_open(b, &s->settings, e);
}

/* By what is written: a name is not looked up. */
static bool is_loopback(const char *host)
{
	struct in_addr four;
	struct in6_addr six;
	if (inet_pton(AF_INET, host, &four) == 1)
		return ntohl(four.s_addr) >> 24 == IN_LOOPBACKNET;
	return strcmp(host, "localhost") == 0 || (inet_pton(AF_INET6, host, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six));
}

bool bus_setup_exposed(const struct bus_setup *s)
{
	struct url url;
	bool exposed = url_parse(s->settings.url, &url, NULL) == 0 && url.scheme == URL_TCP && !is_loopback(url.host);
	url_free(&url);
	return exposed;
}

void bus_setup_free(struct bus_setup *s)
{
	buf_wipe(&s->password);
	buf_wipe(&s->url_text);
	buf_free(&s->dead);
}
