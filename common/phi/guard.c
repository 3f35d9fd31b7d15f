/*
 * A walk over the event's nodes, in their order, that notes what is to be replaced; then the event is copied with these edits. So what is not replaced stays
 * as the producer wrote it, to the byte.
 */
#include "phi/guard.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/num.h"
#include "event/check.h"
#include "event/event.h"
#include "json/writer.h"
#include "phi/leaf.h"
#include "phi/scan.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define TEXTS_MAX (4 * EVENT_LINE_MAX) /* what replaces a short text is longer than it */
#define CANONICAL_MAX (4 * EVENT_LINE_MAX)
#define ATTESTATION_NODES 64           /* its members, and one for each label that was found */
#define KEY_NAME_MAX 64
#define MAC_TO_COME PHI_HASH "0000000000000000000000000000000000000000000000000000000000000000"
#define NO_FIELD (-1)

/* Bytes of the event's text, and what stands in their place: bytes of `texts`. */
struct edit {
	size_t at, n;
	size_t from, to;
};

struct phi_guard {
	struct phi_guard_settings settings;
	struct phi_scanner *scanner;
	struct json_reader *reader; /* of the guarded event */
	struct map *findings;       /* in this event, by label */
	struct edit *edits;
	size_t n, cap;
	struct buf texts, canonical;
	const struct schema *schema; /* whose field /phi/guard is: */
	int guard_field;
};

/* One event on its way. */
struct walk {
	struct phi_guard *g;
	const struct schema *schema;
	struct json_reader *reader;
	const struct json_reader *r; /* the same, to be read from */
	const struct json *root;
	struct json_fault *fault;
	int minor;
	bool live, hash;           /* hash: text is replaced unread */
	size_t seat;               /* number of the attestation's edit, from 1; 0: not met yet */
	const char *before, *after; /* what is around it */
	size_t mac;                /* its mac's place in what stands in the edit */
};

struct phi_guard *phi_guard_new(const struct phi_guard_settings *s)
{
	struct phi_guard *g = mem_alloc(sizeof *g);
	g->settings = *s;
	g->scanner = phi_scanner_new();
	g->reader = json_reader_new(JSON_EVENT_LIMITS);
	g->findings = map_new();
	buf_init(&g->texts, TEXTS_MAX);
	buf_init(&g->canonical, CANONICAL_MAX);
	return g;
}

void phi_guard_free(struct phi_guard *g)
{
	if (!g)
		return;
	phi_scanner_free(g->scanner);
	json_reader_free(g->reader);
	map_free(g->findings);
	free(g->edits);
	buf_free(&g->texts);
	buf_free(&g->canonical);
	free(g);
}

/* The place of an undeclared member is told by its byte, since the pointer does not show its key. */
static bool refuse(const struct walk *w, const struct json *v, bool declared, const char *rule)
{
	w->fault->rule = rule;
	w->fault->offset = declared ? 0 : (size_t)(v->raw.p - w->root->raw.p);
	json_pointer(w->r, w->root, v, w->fault->pointer, sizeof w->fault->pointer);
	return false;
}

/* What becomes of `n` bytes at `p` of the event is what is appended to g->texts from now on, until end_edit(). */
static void begin_edit(struct walk *w, const char *p, size_t n)
{
	struct phi_guard *g = w->g;
	if (g->n == g->cap) {
		g->cap = 2 * g->cap + 16;
		g->edits = mem_grow(g->edits, g->cap, sizeof *g->edits);
	}
	g->edits[g->n++] = (struct edit){ .at = (size_t)(p - w->root->raw.p), .n = n, .from = g->texts.n };
}

static void end_edit(struct phi_guard *g, size_t number)
{
	g->edits[number].to = g->texts.n;
}

/* Where the attestation goes. */
static void seat(struct walk *w, const char *p, size_t n, const char *before, const char *after)
{
	begin_edit(w, p, n);
	w->seat = w->g->n;
	w->before = before;
	w->after = after;
}

static bool is_keyed_hash(struct str s)
{
	size_t n = sizeof PHI_HASH - 1;
	if (!str_starts(s, PHI_HASH) || s.n != PHI_HASH_TEXT - 1)
		return false;
	for (; n < s.n; n++)
		if (!((s.p[n] >= '0' && s.p[n] <= '9') || (s.p[n] >= 'a' && s.p[n] <= 'f')))
			return false;
	return true;
}

/* What was replaced once stays, so that an event can be guarded again. */
static void hash_text(struct walk *w, const struct json *v)
{
	char hash[PHI_HASH_TEXT];
	struct phi_guard *g = w->g;
	if (is_keyed_hash(v->text))
		return;
	phi_keys_hash(g->settings.keys, v->text, hash);
	begin_edit(w, v->raw.p, v->raw.n);
	json_quote(&g->texts, str_of(hash));
	end_edit(g, g->n - 1);
}

/* The whole of a text with a finding goes: what the scanner found tells nothing of what it did not find beside it. */
static void mark_text(struct walk *w, const struct json *v, const struct phi_finding *found, size_t n)
{
	struct phi_guard *g = w->g;
	for (size_t i = 0; i < n; i++)
		++*map_put(g->findings, str_of(found[i].rule->label));
	begin_edit(w, v->raw.p, v->raw.n);
	buf_fmt(&g->texts, "\"[REDACTED:%s]\"", found[0].rule->label);
	end_edit(g, g->n - 1);
}

/* The part of the text up to the next slash or underscore, which it is moved behind; paths and names join by them what would be found alone. */
static struct str next_piece(struct str *text)
{
	size_t n = 0;
	while (n < text->n && text->p[n] != '/' && text->p[n] != '_')
		n++;
	struct str piece = { text->p, n };
	n += n < text->n;
	*text = (struct str){ text->p + n, text->n - n };
	return piece;
}

/* As phi_scan(), of the text and, where nothing is found in it, of its pieces. */
static int find(struct phi_guard *g, struct str key, struct str text, const struct phi_finding **found, size_t *n)
{
	if (phi_scan(g->scanner, key, text, found, n, NULL) != 0)
		return -1;
	if (!memchr(text.p ? text.p : "", '/', text.n) && !memchr(text.p ? text.p : "", '_', text.n))
		return 0;
	while (*n == 0 && text.n > 0)
		if (phi_scan(g->scanner, (struct str){ 0 }, next_piece(&text), found, n, NULL) != 0)
			return -1;
	return 0;
}

static bool guard_text(struct walk *w, const struct json *v, struct str key, bool declared)
{
	const struct phi_finding *found;
	size_t n;
	if (w->g->settings.off)
		return true;
	if (w->hash) {
		hash_text(w, v);
		return true;
	}
	if (find(w->g, key, v->text, &found, &n) != 0)
		return refuse(w, v, declared, REFUSED_SCAN);
	if (n > 0)
		mark_text(w, v, found, n);
	return true;
}

/* The rule that a text breaks in which nothing may be found, or NULL. */
static const char *scan(struct phi_guard *g, struct str key, struct str text)
{
	const struct phi_finding *found;
	size_t n;
	if (find(g, key, text, &found, &n) != 0)
		return REFUSED_SCAN;
	return n > 0 ? REFUSED_PHI : NULL;
}

/* What cannot be replaced. */
static bool guard_scanned(const struct walk *w, const struct json *v, struct str key, struct str text, bool declared)
{
	const char *rule = w->g->settings.off ? NULL : scan(w->g, key, text);
	return !rule || refuse(w, v, declared, rule);
}

/* A user's name before the host, spelled in any way, or a port that is none. */
static bool is_odd_host(struct str host)
{
	struct str port;
	int64_t number;
	for (size_t i = 0; i < host.n; i++)
		if (host.p[i] == '@' || host.p[i] == '%')
			return true;
	port = str_cut(host, ':', &host);
	return port.n > 0 && host.n > 0 && host.p[0] != '[' && !num_int_in(port, 0, 65535, &number);
}

/*
 * A URI is declared to be one, and its host to be a service: what the scanner would find in any text is no finding there. The rest is scanned, the scheme with it:
 * it may name what follows, as in mrn:1234567. A user's name before the host has no business there.
 */
static bool guard_uri(const struct walk *w, const struct json *v, struct str key)
{
	struct str scheme, rest = str_cut(v->text, ':', &scheme);
	if (!str_starts(rest, "//"))
		return guard_scanned(w, v, scheme, rest, true) && guard_scanned(w, v, key, scheme, true);
	struct str host = { rest.p + 2, 0 };
	while (host.n + 2 < rest.n && !strchr("/?#", host.p[host.n]))
		host.n++;
	if (is_odd_host(host))
		return w->g->settings.off || refuse(w, v, true, REFUSED_PHI);
	return guard_scanned(w, v, key, (struct str){ host.p + host.n, rest.n - 2 - host.n }, true) && guard_scanned(w, v, key, scheme, true);
}

static bool guard_string(struct walk *w, const struct json *v, const struct schema_field *f, struct str key)
{
	switch (f ? (enum schema_shape)f->shape : SHAPE_TEXT) {
	case SHAPE_ENUM:
	case SHAPE_UUID:
	case SHAPE_TIMESTAMP:
	case SHAPE_SHA256:
	case SHAPE_HMAC:
	case SHAPE_SEMVER: return true;
	case SHAPE_HASH: return !w->live || is_keyed_hash(v->text) || refuse(w, v, true, REFUSED_UNKEYED);
	case SHAPE_TEXT: return guard_text(w, v, key, f != NULL);
	case SHAPE_URI:
	case SHAPE_REFERENCE: return guard_uri(w, v, key); /* what has no colon is a uuid */
	case SHAPE_NONE:
	case SHAPE_TOKEN: break;
	}
	return guard_scanned(w, v, key, v->text, true);
}

/* An upper bound is what makes a number safe. */
static bool is_bounded(const struct schema_field *f)
{
	return f && (f->types & TYPE_INTEGER ? f->hi < INT64_MAX : f->maximum.p != NULL);
}

static bool is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!isalnum((unsigned char)s.p[i]) && s.p[i] != '_' && s.p[i] != '.' && s.p[i] != '-')
			return false;
	return s.n > 0 && s.n <= KEY_NAME_MAX;
}

static bool guard_number(const struct walk *w, const struct json *v, struct str key, bool declared)
{
	char text[PHI_INTEGER];
	return guard_scanned(w, v, key, v->text, declared) && guard_scanned(w, v, key, phi_leaf_integer(v->text, text), declared);
}

/* The key of a member that the schema does not declare. */
static bool guard_key(const struct walk *w, const struct json *m)
{
	if (w->live && !is_name(m->key))
		return refuse(w, m, false, REFUSED_KEY);
	return guard_scanned(w, m, (struct str){ 0 }, m->key, false);
}

static bool guard_value(struct walk *w, const struct json *v, int field, struct str key);

static bool guard_member(struct walk *w, const struct json *m, int field)
{
	if (field != NO_FIELD && field == w->g->guard_field) {
		seat(w, m->raw.p, m->raw.n, "", "");
		return true;
	}
	return guard_value(w, m, field, phi_leaf_key(w->r, w->root, m));
}

static bool guard_object(struct walk *w, const struct json *v, int field)
{
	static const struct schema_field none;
	const struct schema_field *object = field == NO_FIELD ? &none : &w->schema->fields[field];
	bool has_seat = w->g->guard_field > 0 && object->child <= w->g->guard_field && w->g->guard_field < object->child + object->children;
	uint16_t hint = 0;
	if (has_seat && !json_get(w->r, v, w->schema->fields[w->g->guard_field].name))
		seat(w, v->raw.p + 1, 0, "\"guard\":", v->count > 0 ? "," : "");
	for (const struct json *m = json_first(v); m; m = json_next(w->r, m)) {
		int member = check_member(w->schema, w->minor, object, m->key, &hint);
		if (member < 0) {
			if (!guard_key(w, m))
				return false;
			member = object->items ? object->items : NO_FIELD;
		}
		if (!guard_member(w, m, member))
			return false;
	}
	return true;
}

static bool guard_array(struct walk *w, const struct json *v, int field, struct str key)
{
	int items = field != NO_FIELD && w->schema->fields[field].items ? w->schema->fields[field].items : NO_FIELD;
	for (const struct json *m = json_first(v); m; m = json_next(w->r, m))
		if (!guard_value(w, m, items, key))
			return false;
	return true;
}

/* `key` is the nearest one above. */
static bool guard_value(struct walk *w, const struct json *v, int field, struct str key)
{
	const struct schema_field *f = field == NO_FIELD ? NULL : &w->schema->fields[field];
	switch (v->type) {
	case JSON_STRING: return guard_string(w, v, f, key);
	case JSON_NUMBER: return is_bounded(f) || guard_number(w, v, key, f != NULL);
	case JSON_OBJECT: return guard_object(w, v, field);
	case JSON_ARRAY: return guard_array(w, v, field, key);
	default: return true;
	}
}

/* An event type without the field carries no attestation. */
static void find_seat(struct phi_guard *g, const struct schema *schema)
{
	if (g->schema == schema)
		return;
	g->schema = schema;
	g->guard_field = NO_FIELD;
	for (int f = 0; f < schema->n_fields; f++)
		if (strcmp(schema->fields[f].pointer, "/phi/guard") == 0)
			g->guard_field = f;
}

static bool is_live(const struct json_reader *r, const struct json *root)
{
	const struct json *mode = json_get(r, root, STR("governance_mode"));
	return mode && mode->type == JSON_STRING && str_is(mode->text, "LIVE");
}

static void write_findings(struct json_writer *w, const struct map *findings)
{
	struct str label;
	size_t i = 0;
	json_key(w, "findings");
	json_open(w, '{');
	for (const int64_t *count; (count = map_next(findings, &i, &label));) {
		json_key_str(w, label);
		json_int(w, *count);
	}
	json_close(w, '}');
}

/* In canonical form, but for the order of the findings. *mac: where the mac stands, of which so many bytes hold the place; NULL: without it. */
static void write_attestation(const struct walk *walk, struct buf *out, size_t *mac)
{
	const struct phi_guard *g = walk->g;
	struct json_writer w;
	json_writer_init(&w, out, false);
	json_open(&w, '{');
	if (!g->settings.off)
		write_findings(&w, g->findings);
	if (g->settings.keys) {
		json_key(&w, "key_id");
		json_str(&w, phi_keys_id(g->settings.keys));
	}
	if (g->settings.keys && mac) {
		json_key(&w, "mac");
		json_z(&w, MAC_TO_COME);
		*mac = out->n - sizeof MAC_TO_COME; /* behind its quote */
	}
	json_key(&w, "rules");
	json_z(&w, phi_rules_digest);
	json_key(&w, "text");
	json_z(&w, g->settings.off ? "off" : walk->hash ? "hash" : "scan");
	json_key(&w, "version");
	json_z(&w, PHI_GUARD_VERSION);
	json_close(&w, '}');
}

/* Into its edit. */
static void put_attestation(struct walk *w)
{
	struct phi_guard *g = w->g;
	struct edit *edit = &g->edits[w->seat - 1];
	edit->from = g->texts.n;
	buf_z(&g->texts, w->before);
	write_attestation(w, &g->texts, &w->mac);
	buf_z(&g->texts, w->after);
	end_edit(g, w->seat - 1);
	w->mac -= edit->from;
}

static void copy_edited(const struct walk *w, struct buf *out)
{
	const struct phi_guard *g = w->g;
	struct str raw = w->root->raw;
	size_t done = 0;
	buf_clear(out);
	for (size_t i = 0; i < g->n; i++) {
		const struct edit *edit = &g->edits[i];
		buf_add(out, raw.p + done, edit->at - done);
		buf_add(out, g->texts.p + edit->from, edit->to - edit->from);
		done = edit->at + edit->n;
	}
	buf_add(out, raw.p + done, raw.n - done);
}

/*
 * The content of an event with an attestation, in canonical form and with a line feed: all of it but /phi/guard, and /phi where that has nothing else. The event
 * may be as it is before the attestation is in it.
 */
static void content_form(struct json_reader *r, const struct json *root, struct buf *out)
{
	const struct json *phi = json_get(r, root, STR("phi")), *guard = json_get(r, phi, STR("guard"));
	buf_clear(out);
	json_canonical(r, root, phi && phi->count == (guard != NULL) ? phi : guard, out);
	buf_char(out, '\n');
}

/* What the mac is of. False: it does not fit. */
static bool signed_form(struct json_reader *r, const struct json *root, const struct json *guard, const struct json *mac, struct buf *out)
{
	content_form(r, root, out);
	json_canonical(r, guard, mac, out);
	return buf_ok(out);
}

/* Finds the mac's place in the guarded event, and writes what it is of; reads the event again. */
static char *sign_edited(struct phi_guard *g, struct buf *out)
{
	struct json_fault fault;
	const struct json *root = json_read(g->reader, buf_view(out), &fault), *guard = json_at(g->reader, root, "phi/guard");
	const struct json *mac = json_at(g->reader, guard, "mac");
	return mac && signed_form(g->reader, root, guard, mac, &g->canonical) ? out->p + (mac->text.p - out->p) : NULL;
}

/* The same where nothing but the attestation is new: then the content is that of the event as it was read. */
static char *sign_unedited(const struct walk *w, struct buf *out)
{
	struct phi_guard *g = w->g;
	content_form(w->reader, w->root, &g->canonical);
	write_attestation(w, &g->canonical, NULL);
	return buf_ok(&g->canonical) ? out->p + g->edits[0].at + w->mac : NULL;
}

/* Writes the mac into its place. */
static bool sign(struct walk *w, struct buf *out)
{
	char mac[PHI_HASH_TEXT], *place = w->g->n == 1 ? sign_unedited(w, out) : sign_edited(w->g, out);
	if (!place)
		return false;
	phi_keys_hash(w->g->settings.keys, buf_view(&w->g->canonical), mac);
	memcpy(place, mac, PHI_HASH_TEXT - 1);
	return true;
}

static bool write_guarded(struct walk *w, struct buf *out)
{
	struct phi_guard *g = w->g;
	bool attests = g->guard_field != NO_FIELD;
	if (attests && w->seat == 0)
		seat(w, w->root->raw.p + w->root->raw.n - 1, 0, w->root->count > 0 ? ",\"phi\":{\"guard\":" : "\"phi\":{\"guard\":", "}");
	if (attests)
		put_attestation(w);
	if (!buf_ok(&g->texts))
		return false;
	copy_edited(w, out);
	if (!buf_ok(out) || out->n > EVENT_LINE_MAX || w->root->after + ATTESTATION_NODES > JSON_EVENT_LIMITS.nodes)
		return false;
	return !attests || !g->settings.keys || sign(w, out);
}

bool phi_guard(struct phi_guard *g, const struct schema *schema, struct json_reader *r, const struct json *root, struct buf *out,
               struct json_fault *fault)
{
	struct walk w = { .g = g, .schema = schema, .reader = r, .r = r, .root = root, .fault = fault, .minor = check_minor(r, root), .live = is_live(r, root) };
	w.hash = w.live && !g->settings.scan_live;
	if (w.live && g->settings.off)
		return refuse(&w, root, true, REFUSED_NO_GUARD);
	if (w.live && !g->settings.keys)
		return refuse(&w, root, true, REFUSED_NO_KEY);
	find_seat(g, schema);
	map_clear(g->findings);
	buf_clear(&g->texts);
	g->n = 0;
	if (!guard_value(&w, root, 0, (struct str){ 0 }))
		return false;
	return write_guarded(&w, out) || refuse(&w, root, true, "size");
}

static struct str text_of(const struct json_reader *r, const struct json *object, struct str key)
{
	const struct json *v = json_get(r, object, key);
	return v && v->type == JSON_STRING ? v->text : (struct str){ 0 };
}

static bool mac_holds(struct phi_guard *g, struct json_reader *r, const struct json *root, const struct json *guard)
{
	const struct json *mac = json_get(r, guard, STR("mac"));
	return mac && mac->type == JSON_STRING && signed_form(r, root, guard, mac, &g->canonical) &&
	       phi_keys_match(g->settings.keys, text_of(r, guard, STR("key_id")), buf_view(&g->canonical), mac->text);
}

enum phi_claim phi_guard_claim(struct phi_guard *g, struct json_reader *r, const struct json *root)
{
	const struct json *guard = json_get(r, json_get(r, root, STR("phi")), STR("guard"));
	struct str text = text_of(r, guard, STR("text")), rules = text_of(r, guard, STR("rules"));
	bool off = str_is(text, "off");
	if ((!off && !str_is(text, "hash") && !str_is(text, "scan")) || !str_starts(rules, "sha256:") || !text_of(r, guard, STR("version")).p)
		return PHI_UNATTESTED;
	if ((off && is_live(r, root)) || (g->settings.keys && !mac_holds(g, r, root, guard)))
		return PHI_UNATTESTED;
	return off ? PHI_OFF : PHI_ATTESTED;
}

bool phi_guard_clean(struct phi_guard *g, struct str text)
{
	return !scan(g, (struct str){ 0 }, text);
}

/* `key` is the nearest one above. */
static bool all_clean(struct phi_guard *g, const struct json_reader *r, const struct json *v, struct str key)
{
	if (v->key.p && !phi_guard_clean(g, v->key))
		return false;
	if (v->key.p)
		key = v->key;
	char text[PHI_INTEGER];
	if ((v->type == JSON_STRING || v->type == JSON_NUMBER) && scan(g, key, v->text))
		return false;
	if (v->type == JSON_NUMBER && scan(g, key, phi_leaf_integer(v->text, text)))
		return false;
	for (const struct json *m = json_first(v); m; m = json_next(r, m))
		if (!all_clean(g, r, m, key))
			return false;
	return true;
}

static bool has_modes(const struct schema *schema)
{
	const struct schema_field *root = &schema->fields[0];
	for (int f = root->child; f < root->child + root->children; f++)
		if (str_is(schema->fields[f].name, "governance_mode"))
			return true;
	return false;
}

bool phi_guard_may_keep(struct phi_guard *g, const struct schema *schema, struct json_reader *r, const struct json *root)
{
	if (phi_guard_claim(g, r, root) != PHI_UNATTESTED)
		return true;
	const struct json *mode = json_get(r, root, STR("governance_mode"));
	if ((mode || has_modes(schema)) && !str_is(text_of(r, root, STR("governance_mode")), "DEMO"))
		return false;
	return all_clean(g, r, root, (struct str){ 0 });
}
