/* Who reaches a server, who gets in, and what they may do. */
#include "posture/audit.h"

#include <string.h>
#include <strings.h>

static bool is_set(const struct posture *f, const char *name, const char *value)
{
	return str_is(posture_config(f, name), value);
}

/* Whether any of the addresses of `bind` can be reached from another host. */
static bool listens_outside(const struct posture *f)
{
	struct str rest = posture_config(f, "bind"), address;
	if (rest.n == 0)
		return true;
	while (rest.p) {
		rest = str_cut(rest, ' ', &address);
		if (str_starts(address, "-"))
			address = (struct str){ address.p + 1, address.n - 1 };
		if (address.n > 0 && !str_starts(address, "127.") && !str_is(address, "::1"))
			return true;
	}
	return false;
}

static const struct fact_user *default_user(const struct posture *f)
{
	for (size_t i = 0; i < f->n_users; i++)
		if (str_is(f->users[i].name, "default"))
			return &f->users[i];
	return NULL;
}

/* --- the way there --- */

static bool is_loopback(const char *host)
{
	return !host || strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 || str_starts(str_of(host), "127.");
}

static enum check_state transport(const struct posture *f, struct finding *out)
{
	bool plain = f->url.scheme == URL_TCP && !is_loopback(f->url.host);
	buf_z(&out->evidence, plain ? "plain TCP to another host" : f->url.scheme == URL_TLS ? "TLS" : "the connection does not leave this host");
	return check_found(plain);
}

static enum check_state plain_port(const struct posture *f, struct finding *out)
{
	finding_config(out, f, "port");
	finding_config(out, f, "bind");
	return check_found(posture_config_int(f, "port") != 0 && listens_outside(f));
}

static enum check_state client_certificate(const struct posture *f, struct finding *out)
{
	finding_config(out, f, "tls-port");
	finding_config(out, f, "tls-auth-clients");
	return check_found(posture_config_int(f, "tls-port") != 0 && !is_set(f, "tls-auth-clients", "yes"));
}

/* Redis takes these names in any case, and gives them back as they were set. */
static bool is_version(struct str word, const char *name)
{
	return word.n == strlen(name) && strncasecmp(word.p, name, word.n) == 0;
}

static enum check_state old_tls(const struct posture *f, struct finding *out)
{
	bool old = false;
	struct str rest = posture_config(f, "tls-protocols"), word;
	finding_config(out, f, "tls-port");
	finding_config(out, f, "tls-protocols");
	while (rest.p) {
		rest = str_cut(rest, ' ', &word);
		old |= is_version(word, "TLSv1") || is_version(word, "TLSv1.1");
	}
	return check_found(posture_config_int(f, "tls-port") != 0 && old);
}

static enum check_state protected_mode(const struct posture *f, struct finding *out)
{
	const struct fact_user *user = default_user(f);
	bool open = user && user->no_password && listens_outside(f);
	finding_config(out, f, "protected-mode");
	finding_config(out, f, "bind");
	if (open)
		out->severity = SEVERITY_CRITICAL;
	return check_found(is_set(f, "protected-mode", "no"));
}

/* --- users --- */

/* Names the users that `is` holds for; how many. */
static size_t name_users(const struct posture *f, struct finding *out, bool (*is)(const struct fact_user *))
{
	size_t n = 0;
	for (size_t i = 0; i < f->n_users; i++)
		if (is(&f->users[i]))
			buf_fmt(&out->evidence, "%s%.*s", n++ ? ", " : "users: ", STR_ARG(f->users[i].name));
	if (n == 0)
		buf_fmt(&out->evidence, "none of %zu users that may log in", f->n_users);
	return n;
}

static bool has_no_password(const struct fact_user *user)
{
	return user->no_password;
}

static bool is_broad(const struct fact_user *user)
{
	return user->all_keys || user->all_commands;
}

static enum check_state no_password(const struct posture *f, struct finding *out)
{
	return check_found(name_users(f, out, has_no_password) > 0);
}

static enum check_state default_on(const struct posture *f, struct finding *out)
{
	bool on = default_user(f) != NULL;
	buf_z(&out->evidence, on ? "user default is on" : "user default is off");
	return check_found(on);
}

static enum check_state breadth(const struct posture *f, struct finding *out)
{
	return check_found(name_users(f, out, is_broad) > 0);
}

static enum check_state dangerous(const struct posture *f, struct finding *out)
{
	size_t n = 0;
	for (size_t i = 0; i < f->n_users; i++)
		if (f->users[i].dangerous.n > 0)
			buf_fmt(&out->evidence, "%s%.*s: %s", n++ ? "; " : "", STR_ARG(f->users[i].name), buf_cstr(&f->users[i].dangerous));
	if (n == 0)
		buf_fmt(&out->evidence, "none of %zu users that may log in", f->n_users);
	return check_found(n > 0);
}

static enum check_state runtime_changes(const struct posture *f, struct finding *out)
{
	static const char *const names[] = { "enable-protected-configs", "enable-debug-command", "enable-module-command" };
	bool any = false;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		finding_config(out, f, names[i]);
		any |= posture_config(f, names[i]).p && !is_set(f, names[i], "no");
	}
	return check_found(any);
}

/* --- traces of access --- */

static enum check_state refusal_log(const struct posture *f, struct finding *out)
{
	finding_config(out, f, "acllog-max-len");
	return check_found(posture_config_int(f, "acllog-max-len") < 128);
}

static enum check_state refusals(const struct posture *f, struct finding *out)
{
	struct reply_at at = reply_start(&f->refusals);
	int64_t n = reply_list(&at);
	buf_fmt(&out->evidence, "%lld entries in the ACL log", (long long)n);
	if (n > 0) { /* the newest */
		for (int64_t left = reply_list(&at); left > 1; left -= 2) {
			struct str key = reply_text(&at), value = reply_text(&at);
			if (str_is(key, "reason") || str_is(key, "object") || str_is(key, "username"))
				buf_fmt(&out->evidence, ", %.*s %.*s", STR_ARG(key), STR_ARG(value));
		}
	}
	return check_found(n > 0);
}

static enum check_state slow_log(const struct posture *f, struct finding *out)
{
	finding_config(out, f, "slowlog-log-slower-than");
	finding_config(out, f, "slowlog-max-len");
	return check_found(posture_config_int(f, "slowlog-log-slower-than") < 0 || posture_config_int(f, "slowlog-max-len") == 0);
}

static enum check_state reads(const struct posture *f, struct finding *out)
{
	(void)f;
	buf_z(&out->evidence, "cannot be seen: Redis keeps no log of who read what; it logs refusals and slow commands only");
	return CHECK_UNSEEN;
}

const struct check access_checks[] = {
	{ "transport", SEVERITY_CRITICAL, 0, "events and passwords cross the network in plain text", "45 CFR 164.312(e)(1)",
	  "connect by TLS, or by a unix socket on the same host", transport },
	{ "plain-port", SEVERITY_HIGH, FROM_CONFIG, "the server takes plain TCP from other hosts", "45 CFR 164.312(e)(2)(ii)", "port 0 and tls-port 6379", plain_port },
	{ "client-certificate", SEVERITY_MEDIUM, FROM_CONFIG, "TLS clients need no certificate", "45 CFR 164.312(d)", "tls-auth-clients yes", client_certificate },
	{ "old-tls", SEVERITY_MEDIUM, FROM_CONFIG, "TLS older than 1.2 is taken", "45 CFR 164.312(e)(2)(ii)", "tls-protocols \"TLSv1.2 TLSv1.3\"", old_tls },
	{ "protected-mode", SEVERITY_LOW, FROM_CONFIG | FROM_USERS, "protected mode is off", "45 CFR 164.312(e)(1)", "protected-mode yes", protected_mode },
	{ "no-password", SEVERITY_CRITICAL, FROM_USERS, "a user gets in without a password", "45 CFR 164.312(d)",
	  "give each user a password, and switch the user default off", no_password },
	{ "default-user", SEVERITY_MEDIUM, FROM_USERS, "who connects need not say who they are", "45 CFR 164.312(a)(2)(i)", "user default off, and a user for each task",
	  default_on },
	{ "acl-breadth", SEVERITY_MEDIUM, FROM_USERS, "a user has all keys or all commands", "45 CFR 164.308(a)(4)(ii)(B)",
	  "the rights that ros-bus config --format acl prints", breadth },
	{ "dangerous-commands", SEVERITY_HIGH, FROM_USERS | FROM_RIGHTS, "a user may run commands that erase, configure or take over the server", "45 CFR 164.312(a)(1)",
	  "the rights that ros-bus config --format acl prints", dangerous },
	{ "runtime-changes", SEVERITY_LOW, FROM_CONFIG, "files, DEBUG or modules can be changed while the server runs", "45 CFR 164.308(a)(5)(ii)(B)",
	  "enable-protected-configs no, enable-debug-command no, enable-module-command no", runtime_changes },
	{ "refusal-log", SEVERITY_LOW, FROM_CONFIG, "few or no refusals are kept", "45 CFR 164.308(a)(5)(ii)(C)", "acllog-max-len 1024", refusal_log },
	{ "refusals", SEVERITY_MEDIUM, FROM_REFUSALS, "somebody was refused", "45 CFR 164.308(a)(1)(ii)(D)",
	  "ACL LOG says who, when and from where; ACL LOG RESET when that is understood", refusals },
	{ "slow-log", SEVERITY_LOW, FROM_CONFIG, "slow commands are not noted", "45 CFR 164.312(b)", "slowlog-log-slower-than 10000, slowlog-max-len 256", slow_log },
	{ "read-log", SEVERITY_NOTE, 0, "who read events leaves no trace on the server", "45 CFR 164.312(b)",
	  "give the reader's password to tools that log their use alone, and let nobody else read", reads },
	{ 0 },
};
