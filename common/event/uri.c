/* A hand-written reading of RFC 3986, appendix A: each part is cut off at its delimiter and checked for its characters. */
#include "event/uri.h"

#include <arpa/inet.h>
#include <string.h>

static bool alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool hex(char c)
{
	return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool any_of(char c, const char *set)
{
	return c && strchr(set, c);
}

static bool unreserved_or_sub_delim(char c)
{
	return alpha(c) || digit(c) || any_of(c, "-._~!$&'()*+,;=");
}

/* Only unreserved characters, sub-delims, percent escapes and those in `more`. */
static bool chars(struct str s, const char *more)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%') {
			if (s.n - i < 3 || !hex(s.p[i + 1]) || !hex(s.p[i + 2]))
				return false;
			i += 2;
		} else if (!unreserved_or_sub_delim(s.p[i]) && !any_of(s.p[i], more)) {
			return false;
		}
	}
	return true;
}

static bool scheme(struct str s)
{
	if (s.n == 0 || !alpha(s.p[0]))
		return false;
	for (size_t i = 1; i < s.n; i++)
		if (!alpha(s.p[i]) && !digit(s.p[i]) && !any_of(s.p[i], "+-."))
			return false;
	return true;
}

/* What stands in brackets: an IPv6 address, or "v" hex "." and characters. */
static bool ip_literal(struct str s)
{
	char text[64];
	struct in6_addr address;
	if (s.n && (s.p[0] == 'v' || s.p[0] == 'V')) {
		struct str tail = { s.p + 1, s.n - 1 }, version;
		tail = str_cut(tail, '.', &version);
		for (size_t i = 0; i < version.n; i++)
			if (!hex(version.p[i]))
				return false;
		return version.n && tail.n && !memchr(tail.p, '%', tail.n) && chars(tail, ":");
	}
	if (s.n >= sizeof text || memchr(s.p, '\0', s.n))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return inet_pton(AF_INET6, text, &address) == 1;
}

static bool port(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!digit(s.p[i]))
			return false;
	return true;
}

/* [userinfo "@"] host [":" port] */
static bool authority(struct str s)
{
	const char *at = s.n ? memchr(s.p, '@', s.n) : NULL;
	if (at) {
		if (!chars((struct str){ s.p, (size_t)(at - s.p) }, ":"))
			return false;
		s = (struct str){ at + 1, (size_t)(s.p + s.n - at - 1) };
	}
	if (s.n && s.p[0] == '[') {
		const char *end = memchr(s.p, ']', s.n);
		if (!end || !ip_literal((struct str){ s.p + 1, (size_t)(end - s.p - 1) }))
			return false;
		struct str rest = { end + 1, (size_t)(s.p + s.n - end - 1) };
		return rest.n == 0 || (rest.p[0] == ':' && port((struct str){ rest.p + 1, rest.n - 1 }));
	}
	struct str host, tail = str_cut(s, ':', &host);
	return chars(host, "") && (!tail.p || port(tail));
}

/* "//" authority path-abempty / path-absolute / path-rootless */
static bool hierarchy(struct str s)
{
	if (!str_starts(s, "//"))
		return s.n > 0 && chars(s, ":@/");
	s = (struct str){ s.p + 2, s.n - 2 };
	size_t i = 0;
	while (i < s.n && s.p[i] != '/')
		i++;
	return authority((struct str){ s.p, i }) && chars((struct str){ s.p + i, s.n - i }, ":@/");
}

bool uri_valid(struct str s)
{
	struct str head, fragment = str_cut(s, '#', &head);
	if (fragment.p && !chars(fragment, ":@/?"))
		return false;
	struct str query = str_cut(head, '?', &head);
	if (query.p && !chars(query, ":@/?"))
		return false;
	struct str name, rest = str_cut(head, ':', &name);
	return rest.p && scheme(name) && hierarchy(rest);
}
