/* Bus URLs. */
#include "bus/url.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/num.h"

#include <sys/un.h>

#define PART_MAX 8192
#define DB_MAX 65535
#define SCHEME_END "://"

/* What stands before "://", and in *rest what stands behind it; without one the scheme is absent. */
static struct str scheme_of(const char *text, struct str *rest)
{
	const char *colon = strstr(text, SCHEME_END);
	*rest = str_of(colon ? colon + strlen(SCHEME_END) : text);
	return colon ? (struct str){ text, (size_t)(colon - text) } : (struct str){ NULL, 0 };
}

/*
 * Takes `user:password@` off the front of *rest. The last '@' ends it, so that a password that somebody forgot to
 * encode is not taken for a host and printed.
 */
static struct str cut_credentials(struct str *rest)
{
	struct str none = { NULL, 0 };
	if (str_starts(*rest, "/"))
		return none;
	for (size_t i = rest->n; i-- > 0;) {
		if (rest->p[i] != '@')
			continue;
		struct str credentials = { rest->p, i };
		*rest = (struct str){ rest->p + i + 1, rest->n - i - 1 };
		return credentials;
	}
	return none;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A copy without percent escapes; NULL for the absent value. A '%' that starts no escape stands for itself. */
static char *decode(struct str s)
{
	char *out = mem_strdup(s);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		int high = s.p[i] == '%' && i + 2 < s.n ? hex_digit(s.p[i + 1]) : -1;
		int low = high >= 0 ? hex_digit(s.p[i + 2]) : -1;
		out[n++] = low >= 0 ? (char)(high * 16 + low) : s.p[i];
		i += low >= 0 ? 2 : 0;
	}
	if (out)
		out[n] = '\0';
	return out;
}

static void take_credentials(struct str credentials, struct url *u)
{
	struct str user, password = str_cut(credentials, ':', &user);
	u->user = user.n > 0 ? decode(user) : NULL;
	u->password = decode(password);
}

static bool parse_db(struct str s, struct url *u)
{
	int64_t db = 0;
	if (s.n > 0 && !num_int_in(s, 0, DB_MAX, &db))
		return false;
	u->db = (int)db;
	return true;
}

/* [host][:port][/db] */
static bool parse_tcp(struct str rest, struct url *u)
{
	struct str place, db = str_cut(rest, '/', &place), host, port;
	if (str_starts(place, "[")) {
		struct str behind = str_cut((struct str){ place.p + 1, place.n - 1 }, ']', &host);
		struct str nothing;
		port = str_cut(behind, ':', &nothing);
		if (!behind.p || nothing.n > 0)
			return false;
	} else {
		port = str_cut(place, ':', &host);
	}
	int64_t number;
	if (port.p && !num_int_in(port, 1, 65535, &number))
		return false;
	u->host = mem_strdup(host.n > 0 ? host : STR("localhost"));
	u->port = mem_strdup(port.p ? port : STR("6379"));
	return parse_db(db, u);
}

/* /path.sock[?db=N] */
static bool parse_unix(struct str rest, struct url *u)
{
	struct str path, query = str_cut(rest, '?', &path);
	u->path = mem_strdup(path);
	if (!str_starts(path, "/") || path.n >= sizeof((struct sockaddr_un *)0)->sun_path)
		return false;
	return !query.p || (str_starts(query, "db=") && parse_db((struct str){ query.p + 3, query.n - 3 }, u));
}

static bool parse_file(struct str rest, struct url *u)
{
	u->path = mem_strdup(rest);
	return str_starts(rest, "/");
}

static bool parse_rest(struct str rest, struct url *u)
{
	switch (u->scheme) {
	case URL_TCP:
	case URL_TLS:
		return parse_tcp(rest, u);
	case URL_UNIX:
		return parse_unix(rest, u);
	default:
		return parse_file(rest, u);
	}
}

int url_parse(const char *text, struct url *u, struct err *e)
{
	static const char *const schemes[] = { [URL_TCP] = "redis", [URL_TLS] = "rediss", [URL_UNIX] = "unix", [URL_FILE] = "file" };
	static const char *const forms[] = {
		[URL_TCP] = "redis://host:port/db",
		[URL_TLS] = "rediss://host:port/db",
		[URL_UNIX] = "unix:///path or unix:///path?db=N, with the path from the root",
		[URL_FILE] = "file:///path, with the path from the root",
	};
	*u = (struct url){ 0 };
	char name[256];
	url_name(text, name, sizeof name);
	struct str rest, scheme = scheme_of(text, &rest);
	size_t i = 0;
	while (i < sizeof schemes / sizeof *schemes && !str_is(scheme, schemes[i]))
		i++;
	if (i == sizeof schemes / sizeof *schemes)
		return err_set(e, ROS_CONFIG, "bus URL %s: must start with redis://, rediss://, unix:// or file://", name);
	u->scheme = (enum url_scheme)i;
	if (u->scheme != URL_FILE)
		take_credentials(cut_credentials(&rest), u);
	if (!parse_rest(rest, u))
		return err_set(e, ROS_CONFIG, "bus URL %s: not of the form %s", name, forms[u->scheme]);
	return 0;
}

void url_free(struct url *u)
{
	if (u->password)
		mem_wipe(u->password, strlen(u->password));
	free(u->user);
	free(u->password);
	free(u->host);
	free(u->port);
	free(u->path);
	*u = (struct url){ 0 };
}

void url_name(const char *text, char *out, size_t size)
{
	struct str rest, scheme = scheme_of(text, &rest);
	if (!str_is(scheme, "file"))
		cut_credentials(&rest);
	snprintf(out, size, "%.*s%s%.*s", STR_ARG(scheme), scheme.p ? SCHEME_END : "", STR_ARG(rest));
}

void url_hide(char *text)
{
	struct str rest, scheme = scheme_of(text, &rest);
	struct str secret = str_is(scheme, "file") ? (struct str){ NULL, 0 } : cut_credentials(&rest);
	if (secret.n > 0)
		memset(text + (secret.p - text), '*', secret.n);
}
