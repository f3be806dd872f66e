#include "state.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"

static uint64_t load(const struct state_place *place, const void *object) {
  const char *at = (const char *)object + place->offset;
  if (place->kind == STATE_BOOL) return *(const bool *)at ? 1 : 0;
  if (place->kind == STATE_LONG) return *(const uint64_t *)at;
  return (uint64_t)(int64_t)*(const int *)at;
}

static bool store(const struct state_place *place, uint64_t value, void *object) {
  char *at = (char *)object + place->offset;
  if (place->kind == STATE_BOOL) return *(bool *)at = value != 0, value <= 1;
  if (place->kind == STATE_LONG) return *(uint64_t *)at = value, true;
  *(int *)at = (int)(int64_t)value;
  return (uint64_t)(int64_t)*(int *)at == value;
}

void state_write_places(struct state_writer *state, const struct state_place *places, size_t count,
                        const void *object) {
  for (size_t index = 0; index < count; index++) {
    uint64_t value = load(&places[index], object);
    if (places[index].kind == STATE_DESCRIPTOR) state_write_descriptor(state, places[index].tag, (int)value);
    else write_number(&state->fields, places[index].tag, value);
  }
}

bool state_read_place(const struct field *field, const struct state_place *places, size_t count, void *object) {
  for (size_t index = 0; index < count; index++) {
    const struct state_place *place = &places[index];
    if (place->tag != field->tag) continue;
    uint64_t value;
    if (place->kind == STATE_DESCRIPTOR)
      return state_read_descriptor(field, (int *)(void *)((char *)object + place->offset));
    return field_number(field, &value) && store(place, value, object);
  }
  return true;
}

void state_write_descriptor(struct state_writer *state, uint16_t tag, int descriptor) {
  if (descriptor < 0) return;
  if (state->count == state->capacity) {
    size_t capacity = state->capacity == 0 ? 64 : state->capacity * 2;
    int *descriptors = realloc(state->descriptors, capacity * sizeof *descriptors);
    if (descriptors == NULL) {
      state->failed = true;
      return;
    }
    state->descriptors = descriptors;
    state->capacity = capacity;
  }
  state->descriptors[state->count++] = descriptor;
  write_number(&state->fields, tag, (uint64_t)descriptor);
}

bool state_read_descriptor(const struct field *field, int *out) {
  uint64_t number;
  if (!field_number(field, &number) || number < FIRST_KEEPER_DESCRIPTOR || number > INT32_MAX) return false;
  *out = (int)number;
  return fcntl(*out, F_GETFD) >= 0;
}

bool state_copy_bytes(const struct field *field, uint8_t **bytes, size_t *length) {
  *length = field->length;
  if (field->length == 0) return true;
  free(*bytes);
  *bytes = malloc(field->length);
  if (*bytes != NULL) memcpy(*bytes, field->bytes, field->length);
  return *bytes != NULL;
}

bool state_copy_string(const struct field *field, char **out) {
  const char *text;
  if (!field_string(field, &text)) return false;
  free(*out);
  *out = strdup(text);
  return *out != NULL;
}

void free_state(struct state_writer *state) {
  free_writer(&state->fields);
  free(state->descriptors);
  *state = (struct state_writer){0};
}
