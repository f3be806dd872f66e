#include "wire.h"

#include <stdlib.h>
#include <string.h>

#define FIELD_HEADER_BYTES 6u

uint16_t read_u16(const uint8_t *bytes) { return (uint16_t)(bytes[0] | bytes[1] << 8); }

uint32_t read_u32(const uint8_t *bytes) {
  return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

uint64_t read_u64(const uint8_t *bytes) {
  return (uint64_t)read_u32(bytes) | (uint64_t)read_u32(bytes + 4) << 32;
}

enum read_result read_field(struct reader *reader, struct field *out) {
  size_t left = (size_t)(reader->end - reader->at);
  if (left == 0) return READ_END;
  if (left < FIELD_HEADER_BYTES) return READ_MALFORMED;
  out->tag = read_u16(reader->at);
  out->length = read_u32(reader->at + 2);
  if (out->length > left - FIELD_HEADER_BYTES) return READ_MALFORMED;
  out->bytes = reader->at + FIELD_HEADER_BYTES;
  reader->at = out->bytes + out->length;
  return READ_FIELD;
}

bool field_string(const struct field *field, const char **out) {
  if (field->length == 0) return false;
  const uint8_t *end = memchr(field->bytes, 0, field->length);
  if (end != field->bytes + field->length - 1) return false;
  *out = (const char *)field->bytes;
  return true;
}

bool field_number(const struct field *field, uint64_t *out) {
  if (field->length != 8) return false;
  *out = read_u64(field->bytes);
  return true;
}

int field_count_strings(const struct field *field) {
  if (field->length == 0) return 0;
  if (field->bytes[field->length - 1] != 0) return -1;
  int count = 0;
  for (uint32_t position = 0; position < field->length; position++)
    if (field->bytes[position] == 0) count++;
  return count;
}

static uint8_t *grow(struct writer *writer, size_t length) {
  if (writer->failed) return NULL;
  if (length > MAX_ANSWER_BYTES - writer->length) {
    writer->failed = true;
    return NULL;
  }
  size_t needed = writer->length + length;
  if (needed > writer->capacity) {
    size_t capacity = writer->capacity == 0 ? 256 : writer->capacity;
    while (capacity < needed) capacity *= 2;
    uint8_t *bytes = realloc(writer->bytes, capacity);
    if (bytes == NULL) {
      writer->failed = true;
      return NULL;
    }
    writer->bytes = bytes;
    writer->capacity = capacity;
  }
  uint8_t *at = writer->bytes + writer->length;
  writer->length = needed;
  return at;
}

static void put_u16(uint8_t *at, uint16_t value) {
  at[0] = (uint8_t)value;
  at[1] = (uint8_t)(value >> 8);
}

static void put_u32(uint8_t *at, uint32_t value) {
  put_u16(at, (uint16_t)value);
  put_u16(at + 2, (uint16_t)(value >> 16));
}

void write_bytes(struct writer *writer, const void *bytes, size_t length) {
  uint8_t *at = grow(writer, length);
  if (at != NULL && length > 0) memcpy(at, bytes, length);
}

void write_field(struct writer *writer, uint16_t tag, const void *bytes, size_t length) {
  uint8_t *at = grow(writer, FIELD_HEADER_BYTES);
  if (at == NULL) return;
  put_u16(at, tag);
  put_u32(at + 2, (uint32_t)length);
  write_bytes(writer, bytes, length);
}

void write_string(struct writer *writer, uint16_t tag, const char *text) {
  write_field(writer, tag, text, strlen(text) + 1);
}

void write_number(struct writer *writer, uint16_t tag, uint64_t value) {
  uint8_t bytes[8];
  put_u32(bytes, (uint32_t)value);
  put_u32(bytes + 4, (uint32_t)(value >> 32));
  write_field(writer, tag, bytes, sizeof bytes);
}

size_t begin_nested(struct writer *writer, uint16_t tag) {
  write_field(writer, tag, NULL, 0);
  return writer->length;
}

void end_nested(struct writer *writer, size_t start) {
  if (!writer->failed) put_u32(writer->bytes + start - 4, (uint32_t)(writer->length - start));
}

void begin_message(struct writer *writer, uint16_t kind, uint32_t request) {
  uint8_t *at = grow(writer, FRAME_HEADER_BYTES + MESSAGE_HEADER_BYTES);
  if (at == NULL) return;
  write_header(at, kind, request, 0);
}

void write_header(uint8_t *at, uint16_t kind, uint32_t request, size_t length) {
  put_u32(at, (uint32_t)length + MESSAGE_HEADER_BYTES);
  put_u16(at + 4, kind);
  put_u32(at + 6, request);
}

void end_message(struct writer *writer) {
  if (!writer->failed) put_u32(writer->bytes, (uint32_t)(writer->length - FRAME_HEADER_BYTES));
}

void free_writer(struct writer *writer) {
  free(writer->bytes);
  *writer = (struct writer){0};
}
