/* Keys, each as the HMAC that it makes. */
#include "phi/key.h"

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"
#include "io/file.h"

#include <ctype.h>

#define FILE_MAX_BYTES ((size_t)1 << 16)
#define KEY_BYTES_MIN 32 /* as long as the hash; fewer weaken it (RFC 2104, section 3) */
#define KEY_BYTES_MAX 64 /* the block of SHA-256 */
#define ID_MAX 64

struct key {
	char *id;
	struct hmac *hmac;
};

struct phi_keys {
	struct key *v;
	size_t n;
};

static bool id_valid(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!isalnum((unsigned char)s.p[i]) && s.p[i] != '.' && s.p[i] != '_' && s.p[i] != '-')
			return false;
	return s.n > 0 && s.n <= ID_MAX;
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* The bytes that the hex digits stand for; false where they are none or not as many as a key has. */
static bool key_bytes(struct str hex, char out[KEY_BYTES_MAX])
{
	if (hex.n % 2 != 0 || hex.n / 2 < KEY_BYTES_MIN || hex.n / 2 > KEY_BYTES_MAX)
		return false;
	for (size_t i = 0; i < hex.n / 2; i++) {
		int high = hex_digit(hex.p[2 * i]), low = hex_digit(hex.p[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		out[i] = (char)(high << 4 | low);
	}
	return true;
}

static const struct key *find(const struct phi_keys *keys, struct str id)
{
	for (size_t i = 0; i < keys->n; i++)
		if (str_is(id, keys->v[i].id))
			return &keys->v[i];
	return NULL;
}

/* NULL, or what is wrong with the line. */
static const char *take_line(struct phi_keys *keys, struct str line)
{
	char bytes[KEY_BYTES_MAX];
	struct str id, hex = str_cut(line, ' ', &id);
	if (!hex.p || !id_valid(id))
		return "not a key-id of letters, digits and ._- , a space, and hex digits";
	if (find(keys, id))
		return "the key-id is there twice";
	hex = str_trim(hex);
	if (!key_bytes(hex, bytes))
		return "the key is not 64 to 128 hex digits";
	keys->v = mem_grow(keys->v, keys->n + 1, sizeof *keys->v);
	keys->v[keys->n++] = (struct key){ mem_strdup(id), hmac_new((struct str){ bytes, hex.n / 2 }) };
	mem_wipe(bytes, sizeof bytes);
	return NULL;
}

static int take_lines(struct phi_keys *keys, const char *path, struct str rest, struct err *e)
{
	struct str line;
	for (int number = 1; rest.p; number++) {
		rest = str_cut(rest, '\n', &line);
		line = str_trim(line);
		const char *wrong = line.n == 0 || *line.p == '#' ? NULL : take_line(keys, line);
		if (wrong)
			return err_set(e, ROS_CONFIG, "key file %s: line %d: %s", path, number, wrong);
	}
	return keys->n > 0 ? 0 : err_set(e, ROS_CONFIG, "key file %s: no key in it", path);
}

int phi_keys_open(struct phi_keys **out, const struct config *c, struct err *e)
{
	const char *path = config_get(c, "ROS_PHI_KEY_FILE");
	*out = NULL;
	if (!path)
		return 0;
	struct phi_keys *keys = mem_alloc(sizeof *keys);
	struct buf text;
	buf_init(&text, FILE_MAX_BYTES);
	int rc = file_read_secret("key file", path, &text, e) < 0 ? -1 : take_lines(keys, path, buf_view(&text), e);
	buf_wipe(&text);
	if (rc < 0)
		phi_keys_free(keys);
	else
		*out = keys; /* the caller's now */
	return rc;
}

void phi_keys_free(struct phi_keys *keys)
{
	if (!keys)
		return;
	for (size_t i = 0; i < keys->n; i++) {
		free(keys->v[i].id);
		hmac_free(keys->v[i].hmac);
	}
	free(keys->v);
	free(keys);
}

struct str phi_keys_id(const struct phi_keys *keys)
{
	return str_of(keys->v[0].id);
}

static void hash_under(const struct key *key, struct str text, char out[PHI_HASH_TEXT])
{
	struct sha256 h = hmac_of(key->hmac, text);
	memcpy(out, PHI_HASH, sizeof PHI_HASH);
	sha256_format(&h, out + sizeof PHI_HASH - 1);
}

void phi_keys_hash(const struct phi_keys *keys, struct str text, char out[PHI_HASH_TEXT])
{
	hash_under(&keys->v[0], text, out);
}

bool phi_keys_match(const struct phi_keys *keys, struct str id, struct str text, struct str hash)
{
	char own[PHI_HASH_TEXT];
	const struct key *key = find(keys, id);
	if (!key)
		return false;
	hash_under(key, text, own);
	return str_is(hash, own);
}
