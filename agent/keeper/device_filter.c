#include "device_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "scope.h"

/* At most this many for one rule, and as many around all of them. */
#define INSTRUCTIONS_PER_RULE 8
#define FRAME_INSTRUCTIONS 8

/* Numbers in a comparison are signed 32 bits wide, and no device number is larger than 20. */
#define MAX_DEVICE_NUMBER 0xfffffu

struct program {
  struct bpf_insn at[INSTRUCTIONS_PER_RULE * MAX_DEVICE_RULES + FRAME_INSTRUCTIONS];
  int count;
};

static void add(struct program *program, uint8_t code, uint8_t target, uint8_t source, int16_t offset, int32_t value) {
  program->at[program->count++] =
    (struct bpf_insn){.code = code, .dst_reg = target & 15, .src_reg = source & 15, .off = offset, .imm = value};
}

static void load_context(struct program *program, uint8_t target, size_t offset) {
  add(program, BPF_LDX | BPF_MEM | BPF_W, target, BPF_REG_1, (int16_t)offset, 0);
}

static void answer(struct program *program, int32_t verdict) {
  add(program, BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, verdict);
  add(program, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

/* Registers: 2 access, 3 type, 4 major, 5 minor. A comparison that fails goes on with the next rule. */
static int add_rule(struct program *program, const uint8_t *rule) {
  uint32_t type = read_u32(rule), access = read_u32(rule + 4);
  uint32_t numbers[2] = {read_u32(rule + 8), read_u32(rule + 12)};
  if ((type != BPF_DEVCG_DEV_BLOCK && type != BPF_DEVCG_DEV_CHAR) || access == 0 || access > 7) return -1;
  int first = program->count;
  add(program, BPF_JMP | BPF_JNE | BPF_K, BPF_REG_3, 0, 0, (int32_t)type);
  add(program, BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_1, BPF_REG_2, 0, 0);
  add(program, BPF_ALU64 | BPF_AND | BPF_K, BPF_REG_1, 0, 0, (int32_t)access);
  add(program, BPF_JMP | BPF_JNE | BPF_X, BPF_REG_1, BPF_REG_2, 0, 0);
  for (int index = 0; index < 2; index++) {
    if (numbers[index] == DEVICE_ANY) continue;
    if (numbers[index] > MAX_DEVICE_NUMBER) return -1;
    add(program, BPF_JMP | BPF_JNE | BPF_K, index == 0 ? BPF_REG_4 : BPF_REG_5, 0, 0, (int32_t)numbers[index]);
  }
  answer(program, 1);
  for (int at = first; at < program->count; at++)
    if (BPF_CLASS(program->at[at].code) == BPF_JMP && BPF_OP(program->at[at].code) == BPF_JNE)
      program->at[at].off = (int16_t)(program->count - at - 1);
  return 0;
}

static long bpf(int command, union bpf_attr *attributes, size_t size) {
  return syscall(SYS_bpf, command, attributes, size);
}

/* The program of these rules as a descriptor; -1 with errno. */
static int load_filter(const uint8_t *rules, uint32_t length) {
  static struct program program;
  program.count = 0;
  load_context(&program, BPF_REG_2, offsetof(struct bpf_cgroup_dev_ctx, access_type));
  load_context(&program, BPF_REG_4, offsetof(struct bpf_cgroup_dev_ctx, major));
  load_context(&program, BPF_REG_5, offsetof(struct bpf_cgroup_dev_ctx, minor));
  add(&program, BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_3, BPF_REG_2, 0, 0);
  add(&program, BPF_ALU64 | BPF_AND | BPF_K, BPF_REG_3, 0, 0, 0xffff);
  add(&program, BPF_ALU64 | BPF_RSH | BPF_K, BPF_REG_2, 0, 0, 16);
  for (uint32_t at = 0; at < length; at += DEVICE_RULE_BYTES) {
    if (add_rule(&program, rules + at) == 0) continue;
    errno = EINVAL;
    return -1;
  }
  answer(&program, 0);
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
  attributes.expected_attach_type = BPF_CGROUP_DEVICE;
  attributes.insns = (uint64_t)(uintptr_t)program.at;
  attributes.insn_cnt = (uint32_t)program.count;
  attributes.license = (uint64_t)(uintptr_t)"Apache-2.0";
  return (int)bpf(BPF_PROG_LOAD, &attributes, sizeof attributes);
}

/* All containers have the same few rules: the program that was loaded last serves them all. */
static int filter_of(const uint8_t *rules, uint32_t length) {
  static uint8_t known[MAX_DEVICE_RULES * DEVICE_RULE_BYTES];
  static uint32_t known_length;
  static int filter = -1;
  if (filter >= 0 && known_length == length && memcmp(known, rules, length) == 0) return filter;
  close_descriptor(&filter);
  filter = load_filter(rules, length);
  memcpy(known, rules, length);
  known_length = length;
  return filter;
}

int filter_devices(const struct step *step) {
  if (step->byte_count % DEVICE_RULE_BYTES != 0 || step->byte_count / DEVICE_RULE_BYTES > MAX_DEVICE_RULES) {
    errno = EINVAL;
    return -1;
  }
  int filter = filter_of(step->bytes, step->byte_count);
  if (filter < 0) return -1;
  SCOPED_FD group = open(step->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (group < 0) return -1;
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.target_fd = (uint32_t)group;
  attributes.attach_bpf_fd = (uint32_t)filter;
  attributes.attach_type = BPF_CGROUP_DEVICE;
  /* Beside filters of the groups above, which systemd may have set: a device must pass all of them. */
  attributes.attach_flags = BPF_F_ALLOW_MULTI;
  return (int)bpf(BPF_PROG_ATTACH, &attributes, sizeof attributes);
}
