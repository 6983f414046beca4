export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

export function whole(number: number): string {
  return number.toLocaleString('en-US', { maximumFractionDigits: 0 });
}
