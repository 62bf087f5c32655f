/** What server.c does, for machines without a C compiler; it costs more than some of its clients. */
import { type AddressInfo, createServer } from 'node:net';

const PUT = 3;
const answers = [...process.argv.slice(2, 5), ''].map((body) => {
  const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
  return Buffer.from(`${head}\r\n\r\n${body}`);
});

const server = createServer({ noDelay: true }, (socket) => {
  let head = '';
  let left = 0;
  let which = 0;
  socket.on('data', (chunk) => {
    if (left > 0) {
      left -= chunk.length;
    } else {
      head += chunk.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      left = Number(/\r\nContent-Length: *(\d+)/i.exec(head)?.[1] ?? 0) - (head.length - end - 4);
      which = head.startsWith('GET') ? 0 : head.startsWith('POST /ims/') ? 2 : 1;
      if (head.startsWith('PUT')) which = PUT;
      head = '';
    }
    if (left <= 0) socket.write(answers[which] ?? '');
  });
  socket.on('error', () => socket.destroy());
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
process.stdin.on('end', () => process.exit()).resume();
