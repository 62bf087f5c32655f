/** The same as server.c, for machines without a C compiler; it uses more CPU than some of its clients. */
import { type AddressInfo, createServer } from 'node:net';

const [GET, POST, TOKEN, EMPTY, CREATED, S3_BEGIN, S3_PART, S3_END] = [0, 1, 2, 3, 4, 5, 6, 7];
const xml = (name: string, fields: string) => `<${name}Result>${fields}</${name}Result>`;
const responses = [
  ...process.argv.slice(2, 5),
  '',
  '',
  xml('InitiateMultipartUpload', '<Bucket>b</Bucket><Key>k</Key><UploadId>u</UploadId>'),
  '',
  xml('CompleteMultipartUpload', '<Bucket>b</Bucket><Key>k</Key><ETag>e</ETag>'),
].map((body, which) => {
  const status = which === CREATED ? '201 Created' : '200 OK';
  const type = `application/${which < S3_BEGIN ? 'json' : 'xml'}`;
  const head = `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\nETag: "e"\r\nContent-Length: ${body.length}`;
  return Buffer.from(`${head}\r\n\r\n${body}`);
});

/** Selects the response by the first line of the request. */
function findResponse(line: string): number {
  const s3 = line.includes('uploadId=');
  if (line.startsWith('GET')) return GET;
  if (line.startsWith('HEAD')) return EMPTY;
  if (line.startsWith('PUT')) return s3 ? S3_PART : EMPTY;
  if (s3) return S3_END;
  if (line.includes('?uploads')) return S3_BEGIN;
  if (line.includes('?action=')) return CREATED;
  return line.startsWith('POST /ims/') ? TOKEN : POST;
}

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
      which = findResponse(head.slice(0, head.indexOf('\r\n')));
      if (left > 0 && /\r\nExpect:/i.test(head)) socket.write('HTTP/1.1 100 Continue\r\n\r\n');
      head = '';
    }
    if (left <= 0) socket.write(responses[which] ?? '');
  });
  socket.on('error', () => socket.destroy());
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
process.stdin.on('end', () => process.exit()).resume();
