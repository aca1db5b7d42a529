/** The least that an engine with generators and effects can cost: nothing is kept. */
import { runSaga } from 'redux-saga';
import { all, call } from 'redux-saga/effects';
import { noop } from '../activities';
import type { Shape } from '../loads';
import type { Side } from '../sides';
import { range, sideOf } from './rival';

function* instance({ steps, width }: Shape): Generator<unknown, number, number[]> {
  let done = 0;
  for (let step = 0; step < steps; step++) {
    const results = yield all(range(width).map((i) => call(noop, i)));
    done += results.length;
  }
  return done;
}

export function open(): Side {
  return sideOf({
    runOne: (_id, shape) => runSaga({}, instance, shape).toPromise<number>(),
    close: () => {},
  });
}
