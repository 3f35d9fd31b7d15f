/*
 * A hash table that remembers the order of putting: entries in an array, their keys in another, and an open-addressed
 * table of entry numbers, at most half full, that is looked through linearly.
 */
#include "base/map.h"

#include "base/hash.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 64

struct entry {
	uint64_t hash;
	size_t key, key_n; /* place in keys, length */
	int64_t value;
};

struct map {
	struct entry *entries;
	size_t n, cap;
	char *keys;
	size_t keys_n, keys_cap;
	size_t *slots; /* entry number + 1; 0 is free */
	size_t mask;   /* number of slots - 1, a power of two less one */
};

struct map *map_new(void)
{
	struct map *m = mem_alloc(sizeof *m);
	m->slots = mem_array(FIRST_SLOTS, sizeof *m->slots);
	m->mask = FIRST_SLOTS - 1;
	return m;
}

void map_free(struct map *m)
{
	if (!m)
		return;
	free(m->entries);
	free(m->keys);
	free(m->slots);
	free(m);
}

void map_clear(struct map *m)
{
	m->n = 0;
	m->keys_n = 0;
	memset(m->slots, 0, (m->mask + 1) * sizeof *m->slots);
}

size_t map_count(const struct map *m)
{
	return m->n;
}

static struct str key_of(const struct map *m, const struct entry *entry)
{
	return (struct str){ m->keys + entry->key, entry->key_n };
}

/* The slot where the key is, or the free one where it belongs. */
static size_t *slot_of(const struct map *m, struct str key, uint64_t hash)
{
	for (size_t i = hash & m->mask;; i = (i + 1) & m->mask) {
		size_t *slot = &m->slots[i];
		if (*slot == 0)
			return slot;
		const struct entry *entry = &m->entries[*slot - 1];
		if (entry->hash == hash && str_eq(key_of(m, entry), key))
			return slot;
	}
}

static void rehash(struct map *m)
{
	size_t count = 2 * (m->mask + 1);
	free(m->slots);
	m->slots = mem_array(count, sizeof *m->slots);
	m->mask = count - 1;
	for (size_t i = 0; i < m->n; i++)
		*slot_of(m, key_of(m, &m->entries[i]), m->entries[i].hash) = i + 1;
}

static size_t add_key(struct map *m, struct str key)
{
	size_t at = m->keys_n;
	if (!m->keys || key.n > m->keys_cap - at) {
		m->keys_cap = 2 * m->keys_cap + key.n + FIRST_SLOTS;
		m->keys = mem_grow(m->keys, m->keys_cap, 1);
	}
	if (key.n > 0)
		memcpy(m->keys + at, key.p, key.n);
	m->keys_n += key.n;
	return at;
}

static int64_t *add_entry(struct map *m, struct str key, uint64_t hash)
{
	if (m->n == m->cap) {
		m->cap = 2 * m->cap + FIRST_SLOTS / 2;
		m->entries = mem_grow(m->entries, m->cap, sizeof *m->entries);
	}
	struct entry *entry = &m->entries[m->n++];
	*entry = (struct entry){ .hash = hash, .key = add_key(m, key), .key_n = key.n };
	return &entry->value;
}

int64_t *map_get(const struct map *m, struct str key)
{
	size_t number = *slot_of(m, key, hash_bytes(key.p, key.n));
	return number > 0 ? &m->entries[number - 1].value : NULL;
}

int64_t *map_put(struct map *m, struct str key)
{
	if (m->n > m->mask / 2)
		rehash(m);
	uint64_t hash = hash_bytes(key.p, key.n);
	size_t *slot = slot_of(m, key, hash);
	if (*slot > 0)
		return &m->entries[*slot - 1].value;
	*slot = m->n + 1;
	return add_entry(m, key, hash);
}

int64_t *map_next(const struct map *m, size_t *i, struct str *key)
{
	if (*i >= m->n)
		return NULL;
	struct entry *entry = &m->entries[(*i)++];
	*key = key_of(m, entry);
	return &entry->value;
}
