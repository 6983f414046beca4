#!/usr/bin/env node
import { synthesize } from '../lib/synthesize.ts';

synthesize();
