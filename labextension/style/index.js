import './base.css';
import './panel.css';
import './package.css';
import './runs.css';
