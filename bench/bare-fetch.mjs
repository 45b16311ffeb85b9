/** The yardstick: the same requests by Node's own fetch, their bodies read as text, and nothing kept. */
const [url, total, concurrency] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])]

const began = performance.now()
let next = 0
async function worker() {
  while (next < total) {
    const content = `Repeat after me: item ${next++}`
    const response = await fetch(`${url}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'echo', stream: true, messages: [{ role: 'user', content }] }),
    })
    const text = await response.text()
    if (!text.includes('[DONE]')) throw new Error('a reply was cut short')
  }
}
await Promise.all(Array.from({ length: concurrency }, worker))
console.log(JSON.stringify({ seconds: (performance.now() - began) / 1000 }))
