import assert from 'node:assert/strict';
import test from 'node:test';
import { correct } from '../js/docs.js';

test('examples have the address that the reader sees', () => {
  const code = { textContent: "curl 'http://127.0.0.1:8080/api/v1/instances'" };
  const doc = { querySelector: () => ({ dataset: { mount: 'http://127.0.0.1:8080/' } }), querySelectorAll: () => [code] };
  correct(doc, 'http://127.0.0.1:8080/api/docs#x');
  assert.equal(code.textContent, "curl 'http://127.0.0.1:8080/api/v1/instances'");
  correct(doc, 'https://board.example/ops/board/api/docs?a#x');
  assert.equal(code.textContent, "curl 'https://board.example/ops/board/api/v1/instances'");
});
