import { dlopen, FFIType, ptr } from "bun:ffi";

/** A Unix datagram socket, as a supervisor has it: what a process tells it of itself. */
export interface NotifySocket {
  /** All that has come so far, in order. */
  heard(): readonly string[];
  close(): void;
}

const unix = 1;
const datagramNonBlocking = 2 | 2_048;

export function openNotifySocket(path: string): NotifySocket {
  const { i32, u64, pointer } = { i32: FFIType.i32, u64: FFIType.u64, pointer: FFIType.ptr };
  const { symbols, close } = dlopen("libc.so.6", {
    socket: { args: [i32, i32, i32], returns: i32 },
    bind: { args: [i32, pointer, i32], returns: i32 },
    recv: { args: [i32, pointer, u64, i32], returns: FFIType.i64 },
    close: { args: [i32], returns: i32 },
  });
  const descriptor = Number(symbols.socket(unix, datagramNonBlocking, 0));
  const address = Buffer.alloc(110);
  address.writeUInt16LE(unix, 0);
  address.write(path, 2);
  if (descriptor < 0 || symbols.bind(descriptor, ptr(address), address.length) !== 0) {
    throw new Error(`no socket can be bound to ${path}`);
  }
  const words: string[] = [];
  const buffer = Buffer.alloc(4_096);
  return {
    heard() {
      for (;;) {
        const length = Number(symbols.recv(descriptor, ptr(buffer), buffer.length, 0));
        if (length < 0) return words;
        words.push(buffer.toString("utf8", 0, length));
      }
    },
    close() {
      symbols.close(descriptor);
      close();
    },
  };
}
