/**
 * @jest-environment jsdom
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { ApiError } from '../api/problem.js';
import { ErrorState } from './states.js';

describe('ErrorState', () => {
  afterEach(cleanup);

  it('says what happened, under which number, and offers to try again', () => {
    let tries = 0;
    const error = new ApiError(502, 'provider-unavailable', 'TMDB failed.', 'req-7');
    render(<ErrorState title="No home page" error={error} onRetry={() => (tries += 1)} />);
    expect(screen.getByRole('alert').textContent).toContain('TMDB failed.');
    expect(screen.getByText('req-7').tagName).toBe('CODE');
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(tries).toBe(1);
  });

  it('shows no number for errors that have none', () => {
    render(<ErrorState title="No home page" error={new Error('The server does not answer.')} />);
    expect(screen.queryByText(/Request/)).toBeNull();
    expect(screen.queryByRole('button')).toBeNull();
  });
});
